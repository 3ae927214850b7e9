"""Speech HW5, question 1.3: a small architecture search, in three ways, at equal cost.

What is searched: the number of hidden layers, their width, the activation, dropout and the learning rate of an MLP classifier. How it
is searched: at random, by evolution (NSGA-II: the fittest are crossed and mutated), and by successive halving (many start, the better
half of each round goes on; Jamieson and Talwalkar 2016). Optuna does the searching. What a network is worth is its accuracy on the
validation part; the test part is used once, for the network that won.

A fair comparison gives each way the same cost, counted in epochs trained, not in networks tried.
"""

import copy

import optuna
import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "silu": nn.SiLU}
WAYS = ("random", "evolution", "halving")


def build(n_in, n_out, design):
    """The network of a design: {"layers", "width", "activation", "dropout"}."""
    layers, width = [], n_in
    for _ in range(design["layers"]):
        layers += [nn.Linear(width, design["width"]), ACTIVATIONS[design["activation"]](), nn.Dropout(design["dropout"])]
        width = design["width"]
    return nn.Sequential(*layers, nn.Linear(width, n_out))


def sample(trial):
    """A point of the search space."""
    return {
        "layers": trial.suggest_int("layers", 1, 3),
        "width": trial.suggest_int("width", 8, 128, log=True),
        "activation": trial.suggest_categorical("activation", sorted(ACTIVATIONS)),
        "dropout": trial.suggest_float("dropout", 0.0, 0.5),
        "rate": trial.suggest_float("rate", 1e-4, 3e-2, log=True),
    }


def epochs_of(network, design, inputs, labels, seed, batch=32):
    """Train epoch after epoch; yields after each."""
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), design["rate"])
    while True:
        network.train()
        for rows in torch.randperm(len(inputs), generator=draw).split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(inputs[rows]), labels[rows]).backward()
            optimizer.step()
        yield


def accuracy(network, inputs, labels):
    """Share of right answers, dropout off."""
    network.eval()
    with torch.no_grad():
        return float((network(inputs).argmax(1) == labels).float().mean())


def sampler(way, seed):
    """How the next design is drawn."""
    if way == "evolution":
        return optuna.samplers.NSGAIISampler(population_size=8, seed=seed)
    return optuna.samplers.RandomSampler(seed=seed)


def pruner(way, epochs):
    """When a network is given up."""
    if way == "halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=max(1, epochs // 8), reduction_factor=2)
    return optuna.pruners.NopPruner()


def search(way, train, validation, test, *, budget=320, epochs=16, seed=0):
    """Search until `budget` epochs are spent, at most `epochs` on one network.

    `train`, `validation` and `test` are pairs (inputs (N, D) float, labels (N,) int64). Returns the design that won, its validation and
    test accuracy, how many networks were tried, the epochs spent, and the best validation accuracy after each network.
    """
    if way not in WAYS:
        raise ValueError(f"got the way {way!r}, wanted one of {', '.join(WAYS)}")
    n_in, n_out = train[0].shape[1], int(train[1].max()) + 1
    spent, best = 0, {"validation": -1.0}
    curve = []

    def worth(trial):
        nonlocal spent, best
        design = sample(trial)
        torch.manual_seed(seed)
        network = build(n_in, n_out, design)
        reached = 0.0
        for epoch, _ in zip(range(1, epochs + 1), epochs_of(network, design, *train, seed), strict=False):
            spent += 1
            reached = accuracy(network, *validation)
            if reached > best["validation"]:
                best = {"validation": reached, "design": design, "epoch": epoch, "network": copy.deepcopy(network)}
            trial.report(reached, epoch)
            if spent >= budget or trial.should_prune():
                break
        return reached

    def stop_when_spent(study, _):
        curve.append(best["validation"])
        if spent >= budget:
            study.stop()

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(direction="maximize", sampler=sampler(way, seed), pruner=pruner(way, epochs))
        study.optimize(worth, callbacks=[stop_when_spent])
    finally:
        optuna.logging.set_verbosity(before)
    best["test"] = accuracy(best.pop("network"), *test)
    return {**best, "networks": len(study.trials), "epochs": spent, "curve": curve}
