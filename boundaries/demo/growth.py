"""Regions that grow from their seats over land that is hard or easy to cross, until they meet."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np

from boundaries.demo.noise import Integers


def grow(neighbours: Integers, costs: Integers, seeds: Sequence[int], rates: Sequence[int]) -> Integers:
    """The number of the seed whose way to each cell is cheapest (Dijkstra from all seeds at once).

    costs: (cells, 6) whole numbers for stepping to each neighbour, negative where there is no way. rates: what each seed
    pays per unit of cost; a dear one stays small. Each region is connected. Unreachable cells get -1.
    Whole numbers and the order (cost, cell, seed) leave no tie to chance.
    """
    around = neighbours.tolist()
    prices = costs.tolist()
    owner = [-1] * len(around)
    offered: list[float] = [math.inf] * len(around)
    queue = [(0, cell, number) for number, cell in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        spent, cell, number = heapq.heappop(queue)
        if owner[cell] >= 0:
            continue
        owner[cell] = number
        rate = rates[number]
        for step, price in zip(around[cell], prices[cell], strict=True):
            # An equal offer is still heard: of two, the seed with the lower number must win.
            if price >= 0 and owner[step] < 0 and (offer := spent + price * rate) <= offered[step]:
                offered[step] = offer
                heapq.heappush(queue, (offer, step, number))
    return np.array(owner, dtype=np.int64)
