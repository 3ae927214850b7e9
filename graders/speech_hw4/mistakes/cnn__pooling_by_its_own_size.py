"""Your pooling windows do not overlap: the stride was left out, and the default is the size of the window, 3. The handout asks for
windows of 3 x 3 with a stride of 2, so that 126 pixels become 62 and not 42.
"""


def build(name, input_shape, n_classes):
    height, width, channels = input_shape
    parts = []
    for _ in range(BLOCKS[name]):
        parts += [nn.Conv2d(channels, FILTERS, 3), nn.ReLU(), nn.MaxPool2d(3), nn.BatchNorm2d(FILTERS, **BATCH_NORM)]
        channels = FILTERS
        height, width = ((side - 2) // 3 for side in (height, width))
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(channels * height * width, n_classes))
