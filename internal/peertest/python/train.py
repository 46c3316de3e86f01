"""Train on streams as a PyTorch job does, and say how well it went.

    train.py URL WORKERS EPOCHS     {"samples": n, "right": share, "first": loss, "last": loss}

Pictures have one size; a classifier of their mean colours is all it takes.
"""

import json
import sys

import torch
import webdataset as wds
from torch.utils.data import DataLoader


def main(args):
    url, workers, epochs = args[0], int(args[1]), int(args[2])
    torch.manual_seed(1)
    dataset = wds.WebDataset(url, shardshuffle=False, nodesplitter=wds.split_by_node, empty_check=False)
    dataset = dataset.decode("torchrgb").to_tuple("jpg;png", "cls").batched(8)
    model = torch.nn.Linear(3, 3)
    step = torch.optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(epochs):
        seen = right = total = 0
        for pictures, classes in DataLoader(dataset, batch_size=None, num_workers=workers):
            classes = torch.as_tensor(classes)
            scores = model(pictures.mean(dim=(2, 3)))
            loss = torch.nn.functional.cross_entropy(scores, classes)
            step.zero_grad()
            loss.backward()
            step.step()
            seen += len(classes)
            right += int((scores.argmax(dim=1) == classes).sum())
            total += float(loss) * len(classes)
        losses.append(total / seen)
    json.dump({"samples": seen, "right": right / seen, "first": losses[0], "last": losses[-1]}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
