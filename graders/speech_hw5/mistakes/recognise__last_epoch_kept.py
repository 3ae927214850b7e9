"""The checkpoint in the folder is that of the last epoch, although an earlier one had a lower validation WER. One of the
published answers reports the test WER of epoch 5 after finding epoch 4 better. Save when an epoch is the best so far, or keep
a copy of its weights and save that; then evaluate the saved folder and see that it reaches the validation WER of its epoch.
"""


def finetune(
    train_clips,
    train_texts,
    validation_clips,
    validation_texts,
    checkpoint,
    folder,
    *,
    epochs,
    learning_rate,
    batch_size,
    seed,
    sample_rate=16_000,
    language="fa",
):
    torch.manual_seed(seed)
    network, _, extractor = parts = load.__wrapped__(str(checkpoint), 0)
    frames = log_mel([prepare(clip, sample_rate, extractor.sampling_rate) for clip in train_clips], extractor)
    labels = torch.from_numpy(make_labels(train_texts, language, checkpoint))
    steps = epochs * math.ceil(len(labels) / batch_size)
    optimiser = torch.optim.AdamW(network.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: share_of_rate(step, steps))
    history = {"loss": [], "validation_wer": []}
    for _ in range(epochs):
        history["loss"].append(one_epoch(network, frames, labels, batch_size, optimiser, schedule))
        history["validation_wer"].append(measure(parts, validation_clips, validation_texts, sample_rate, language)["wer"])
        best = history["validation_wer"].index(min(history["validation_wer"])) + 1
        save(folder, parts)
    return {**history, "best_epoch": best}
