"""The epoch was chosen by the training loss. It falls in almost every epoch, also while the network is already getting worse on
speech that it does not learn from, so this is the last epoch with a detour. Choose by the WER of the validation part, which
nothing is learned from.
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
    for epoch in range(1, epochs + 1):
        history["loss"].append(one_epoch(network, frames, labels, batch_size, optimiser, schedule))
        history["validation_wer"].append(measure(parts, validation_clips, validation_texts, sample_rate, language)["wer"])
        best = history["loss"].index(min(history["loss"])) + 1
        if best == epoch:
            save(folder, parts)
    return {**history, "best_epoch": best}
