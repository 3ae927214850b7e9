"""Your pooling pads its input (padding="same"), so that 126 pixels become 63 and not 62. The handout pools without padding: only
whole windows count, floor((126 - 3) / 2) + 1 = 62. Two blocks then have 278 954 parameters.
"""


def build(name, input_shape, n_classes):
    height, width, channels = input_shape
    parts = []
    for _ in range(BLOCKS[name]):
        parts += [
            nn.Conv2d(channels, FILTERS, 3),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.BatchNorm2d(FILTERS, **BATCH_NORM),
        ]
        channels = FILTERS
        height, width = ((side - 2 + 1) // 2 for side in (height, width))
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(channels * height * width, n_classes))
