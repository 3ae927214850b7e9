"""Your convolutions pad their input (padding="same"), so that pictures keep 128 pixels where the handout's table has 126. A 3 x 3
filter that stays inside the picture has 126 places in each direction.
"""


def build(name, input_shape, n_classes):
    height, width, channels = input_shape
    parts = []
    for _ in range(BLOCKS[name]):
        parts += [
            nn.Conv2d(channels, FILTERS, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.BatchNorm2d(FILTERS, **BATCH_NORM),
        ]
        channels = FILTERS
        height, width = ((side - 3) // 2 + 1 for side in (height, width))
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(channels * height * width, n_classes))
