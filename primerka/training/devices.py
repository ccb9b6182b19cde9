"""Where a training runs: on the CPU, on one GPU, or, under torchrun, on one GPU of several in each process."""

import atexit
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
import torch.distributed.nn  # before a process group is there: its defaults would keep the group, and its threads, to the very end
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Devices:
    """The device of this process, its rank among all processes, and their count."""

    device: torch.device
    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def distribute(self, network: nn.Module) -> nn.Module:
        """The network on the device; with several processes, one whose gradients are averaged over them."""
        network = network.to(self.device)
        if self.count == 1:
            return network
        return DistributedDataParallel(network, [self.device] if self.device.type == "cuda" else None)

    def autocast(self) -> AbstractContextManager:
        """Mixed precision on a GPU. bfloat16 keeps float32's range, so that no loss has to be scaled."""
        return torch.autocast("cuda", torch.bfloat16) if self.device.type == "cuda" else nullcontext()


def find_devices() -> Devices:
    """The devices that torchrun names in the environment; without torchrun one GPU, or the CPU.

    The processes are joined here, and part when the program ends.
    """
    rank, count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
    if count > 1 and not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(torch.distributed.destroy_process_group)
    return Devices(device, rank, count)
