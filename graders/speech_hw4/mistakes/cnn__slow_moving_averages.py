"""Your moving averages follow too slowly: after each batch they keep 0.99 of their old value (Keras' default; in PyTorch momentum=0.01).
After an epoch of 25 batches they are still four fifths the initial 0 and 1, and the network that predicts is another one than the
network that learned. The sign is a validation loss of 9 or 10 in the first epochs while the training goes well. Keep 0.9.
"""

BATCH_NORM = {"eps": 1e-3, "momentum": 0.01}
