"""You scale the picture down without smoothing it first: of 1300 frames the interpolation looks at two in ten, and a drum beat
between them vanishes or not by chance. Smooth by a Gaussian of (factor - 1) / 2 pixels before you shrink; scikit-image's resize does
so with anti_aliasing=True.
"""


def resize(image):
    return ndimage.zoom(image, SIDE / np.array(image.shape), order=1, mode="mirror", grid_mode=True)
