"""The convolutional network for sentences of Kim (2014), with one embedding that is learnt."""

import torch
from torch import nn


class TextCNN(nn.Module):
    """Each kernel looks for a phrase of its length; the linear layer weighs which of them are in the sentence."""

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        num_classes: int,
        kernel_sizes: tuple[int, ...] = (3, 4, 5),
        num_filters: int = 100,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.convs = nn.ModuleList(nn.Conv1d(embed_dim, num_filters, size) for size in kernel_sizes)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(len(kernel_sizes) * num_filters, num_classes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """(N, L) token ids → (N, num_classes), logits."""
        x = self.embedding(tokens).transpose(1, 2)  # (N, embed_dim, L)
        features = [torch.relu(conv(x)).amax(dim=2) for conv in self.convs]  # (N, num_filters) for each size
        return self.linear(self.dropout(torch.cat(features, dim=1)))
