"""The network that was trained is the very one that `evaluate` keeps in memory for the first checkpoint. Afterwards both names
mean the trained network, before and after agree, and fine-tuning seems to gain nothing. Load a copy of the checkpoint for
training.
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
    network, _, extractor = parts = parts_of(checkpoint)
    frames = log_mel([prepare(clip, sample_rate, extractor.sampling_rate) for clip in train_clips], extractor)
    labels = torch.from_numpy(make_labels(train_texts, language, checkpoint))
    steps = epochs * math.ceil(len(labels) / batch_size)
    optimiser = torch.optim.AdamW(network.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: share_of_rate(step, steps))
    history = {"loss": [], "validation_wer": []}
    for epoch in range(1, epochs + 1):
        history["loss"].append(one_epoch(network, frames, labels, batch_size, optimiser, schedule))
        history["validation_wer"].append(measure(parts, validation_clips, validation_texts, sample_rate, language)["wer"])
        best = history["validation_wer"].index(min(history["validation_wer"])) + 1
        if best == epoch:
            save(folder, parts)
    return {**history, "best_epoch": best}
