"""Takes all the memory that it gets."""

hoard = []
while True:
    hoard.append(bytearray(b"x" * (1 << 26)))
