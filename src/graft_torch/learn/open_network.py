"""The network of a resolved model, on a device and over processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.device import Device
from ..engine.processes import Processes
from ..model.batch_norm import BatchNorm
from ..model.network import Network


def synchronises(settings: Mapping[str, Any], processes: Processes) -> bool:
    """Whether batch norms see the images of all processes."""
    asked = settings["syncBn"]
    return processes.world > 1 and (asked is None or asked)


def open_network(
    model: Mapping[str, Any], settings: Mapping[str, Any], device: Device, processes: Processes
) -> Network:
    """Builds the network; its parameters and buffers are not loaded yet."""
    network = Network(model).to(device.at, memory_format=device.memory_format)
    for module in network.modules():
        if isinstance(module, BatchNorm):
            module.sync = synchronises(settings, processes)
    if device.fast["compile"]:
        network.compile()
    return network
