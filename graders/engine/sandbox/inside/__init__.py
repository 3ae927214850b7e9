"""What runs inside the sandbox. Bound there as the package `inside`, next to the package `kit`; imports nothing else of ours."""
