"""fastai's one cycle."""
import math


def cosine(start, end, p):
    return end + (start - end) / 2 * (1 + math.cos(math.pi * p))


def one_cycle(k, n, peak, moms=(0.95, 0.85), div=25.0, pct=0.3):
    """Rate and beta1 of batch k of n."""
    rise = int(n * pct)
    up, down = max(1, rise), max(1, n - rise)
    if k <= up:
        return cosine(peak / div, peak, k / up), cosine(moms[0], moms[1], k / up)
    p = (k - up) / down
    return cosine(peak, peak / (div * 1e4), p), cosine(moms[1], moms[0], p)
