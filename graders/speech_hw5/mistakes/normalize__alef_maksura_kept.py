"""You leave ى as it is, the alef maksura, which has no dots. In Persian text it stands for ی (Arabic keyboards write it so, in
موسى and على), and it looks the same at the end of a word. Replace it as you replace ي.
"""

del LETTERS[0x649]
