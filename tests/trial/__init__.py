"""The product on trial: what tests and benchmarks both need, and no visitor ever does."""
