"""Never comes to an end when it is imported."""

while True:
    pass
