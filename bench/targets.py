"""How many times as fast as redis-check-rdb 7.0.15 rdbproof shall be, with all threads."""

# On four cores. Fewer have their share of it, more are not expected to give more.
FULL_CORES = 4
RATIOS = {"mixed": 20, "small-strings": 8, "huge-collections": 40, "json-lzf": 6}


def ratio_floor(profile, cores):
    """None for profiles without a target."""
    if profile not in RATIOS:
        return None
    return RATIOS[profile] * min(cores, FULL_CORES) / FULL_CORES
