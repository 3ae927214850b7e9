"""What came back for the languages are the network's raw scores (logits): some are negative, and they do not add to 1. Take the
scores of the language tokens alone, at the first place behind <|startoftranscript|>, and put a softmax over them.
"""


def detect_language(audio, sample_rate, checkpoint):
    network, _, extractor = parts_of(checkpoint)
    samples = prepare(audio, sample_rate, extractor.sampling_rate)
    frames = log_mel(windows(samples, extractor.n_samples, extractor.sampling_rate)[:1], extractor)
    languages = network.generation_config.lang_to_id
    start = torch.full((1, 1), network.config.decoder_start_token_id)
    with torch.inference_mode():
        logits = network(input_features=frames, decoder_input_ids=start).logits[0, 0, list(languages.values())]
    return {token.strip("<|>"): score for token, score in zip(languages, logits.tolist(), strict=True)}
