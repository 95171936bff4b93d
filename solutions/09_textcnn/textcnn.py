"""Kim's convolutional network for sentences (2014); it learns embeddings."""

import torch
from torch import nn


class TextCNN(nn.Module):
    """Each kernel looks for a phrase; the linear layer weighs the finds."""

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
        convs = [nn.Conv1d(embed_dim, num_filters, k) for k in kernel_sizes]
        self.convs = nn.ModuleList(convs)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(len(kernel_sizes) * num_filters, num_classes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """(N, L) token ids → (N, num_classes), logits."""
        x = self.embedding(tokens).transpose(1, 2)  # (N, embed_dim, L)
        # (N, num_filters) for each size.
        features = [torch.relu(conv(x)).amax(dim=2) for conv in self.convs]
        return self.linear(self.dropout(torch.cat(features, dim=1)))
