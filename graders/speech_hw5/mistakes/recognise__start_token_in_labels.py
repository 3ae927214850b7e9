"""The rows of labels begin with <|startoftranscript|>. The decoder is given that token and need not write it; since its input is
the labels moved by one place behind the same token, it now reads it twice, as it never does when it transcribes. Begin the
labels with the language.
"""


def make_labels(texts, language, checkpoint):
    tokenizer = parts_of(checkpoint)[1]
    prompt = tokenizer.convert_tokens_to_ids(["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"])
    rows = [[*prompt, *row, tokenizer.eos_token_id] for row in tokenizer(list(texts), add_special_tokens=False).input_ids]
    labels = np.full((len(rows), max(map(len, rows))), IGNORED, dtype=np.int64)
    for place, row in enumerate(rows):
        labels[place, : len(row)] = row
    return labels
