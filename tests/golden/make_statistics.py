"""Records in statistics.json what scipy, statsmodels, scikit-learn and krippendorff give for the same numbers.

    python tests/golden/make_statistics.py        (in any folder; numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0,
                                              scikit-learn 1.9.1, krippendorff 0.9.0)

Bootstrap intervals cannot be the same to the last digit: theirs is of 80,000 resamples, and `deviation` is how far the
ends of intervals of 2000 resamples each (as ours have) scatter, so that a test knows what simulation alone explains.
"""

import json
from fractions import Fraction
from pathlib import Path

import krippendorff
import numpy
from scipy import optimize, stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

RESAMPLES, BLOCKS = 2000, 40
random = numpy.random.default_rng(20261122)


def proportions():
    counts = [(0, 1), (1, 1), (0, 10), (5, 10), (9, 10), (48, 48), (17, 48), (761, 1273), (1, 50000), (31234, 50000)]
    for successes, n in counts:
        wilson = proportion_confint(successes, n, method="wilson")
        exact = proportion_confint(successes, n, method="beta")
        yield {"successes": successes, "n": n, "wilson": list(wilson), "clopper_pearson": list(exact)}


def mcnemars():
    tables = [(3, 0, 0, 4), (5, 1, 0, 2), (5, 6, 0, 2), (100, 25, 14, 60), (400, 52, 0, 821), (9, 1, 900, 3),
              (20000, 7010, 6790, 16200), (612, 201, 149, 311), (10, 7, 7, 10)]
    for both, first, second, neither in tables:
        result = mcnemar([[both, first], [second, neither]], exact=True)
        yield {"pairs": [both, first, second, neither], "p": float(result.pvalue)}


def scores():
    """Tango's score interval of paired proportions (Statistics in Medicine 17, 1998, 891-908), which neither scipy nor
    statsmodels has: from its definition, the likeliest proportions beside a difference found by the likelihood's slope.
    """
    z = stats.norm.ppf(0.975)

    def statistic(difference, n, first, second):
        # The proportion where only the second succeeds lies between these; the likelihood's slope falls on the way.
        low, high = max(0.0, -difference), (1 - difference) / 2

        def slope(only):
            neither = 1 - 2 * only - difference
            return (first * only * neither + second * (only + difference) * neither
                    - 2 * (n - first - second) * only * (only + difference))

        inside = numpy.nextafter(low, 1)
        only = optimize.brentq(slope, inside, high, xtol=1e-17, rtol=1e-15) if slope(inside) > 0 else low
        return (first - second - n * difference) / numpy.sqrt(n * (2 * only + difference - difference ** 2))

    for both, first, second, neither in [(30, 0, 0, 18), (24, 2, 0, 22), (24, 0, 2, 22), (40, 4, 3, 13),
                                         (43, 0, 1, 0), (10, 5, 4, 1), (600, 6, 1, 393), (0, 19, 1, 1),
                                         (2, 1, 1, 0), (794, 86, 150, 114)]:
        n = both + first + second + neither
        value, edge = (first - second) / n, 1e-9
        ends = [optimize.brentq(lambda at: statistic(at, n, first, second) - sign * z, *between, xtol=1e-16)
                for sign, between in [(1, (-1 + edge, value - edge)), (-1, (value + edge, 1 - edge))]]
        yield {"pairs": [both, first, second, neither], "interval": ends}


def sign_flips():
    for sums in [[3, 2, 0, 1], [1, 1, 1, -1, 2, 3, -2, 1, 1, 0, 2], [4, -1, -1, -1, -1, 2, 2, 3, 1, 1, -3, 1, 2]]:
        found = stats.permutation_test((numpy.array(sums),), numpy.sum, permutation_type="samples", vectorized=True,
                                       n_resamples=numpy.inf, alternative="two-sided")
        assert abs(found.pvalue - counted_flips(sums)) < 1e-12
        yield {"sums": sums, "p": float(found.pvalue)}
    for sums in [[1] * 140 + [-1] * 90 + [2] * 60 + [-2] * 41 + [3] * 12, [5, 4, 3, -2] * 9 + [-1] * 20,
                 [3] * 60 + [1] * 40]:
        yield {"sums": sums, "p": counted_flips(sums)}


def counted_flips(sums):
    """The share of all sign flips at least as extreme, counted in whole numbers."""
    ways = {0: 1}
    for size in sums:
        after = {}
        for total, count in ways.items():
            for other in [total + size, total - size]:
                after[other] = after.get(other, 0) + count
        ways = after
    extreme = sum(count for total, count in ways.items() if abs(total) >= abs(sum(sums)))
    return float(Fraction(extreme, 2 ** len(sums)))


def holms():
    for p_values in [[0.01], [0.04, 0.01, 0.03, 0.005], [0.5, 0.9, 1.0, 0.2], [0.03, 0.03, 0.001, 0.03, 0.8, 1e-9],
                     random.uniform(0, 0.1, 25).tolist()]:
        yield {"p": p_values, "holm": multipletests(p_values, method="holm")[1].tolist()}


def percentile(data, statistic):
    """The interval of many resamples, and the standard deviation of the ends of intervals of 2000."""
    result = stats.bootstrap(data, statistic, paired=True, vectorized=True, n_resamples=RESAMPLES * BLOCKS, batch=2000,
                             method="percentile", confidence_level=0.95, rng=random)
    blocks = result.bootstrap_distribution.reshape(BLOCKS, RESAMPLES)
    ends = numpy.nanpercentile(blocks, [2.5, 97.5], axis=1)
    interval = [float(result.confidence_interval.low), float(result.confidence_interval.high)]
    if not numpy.isfinite(interval).all():
        interval = numpy.nanpercentile(result.bootstrap_distribution, [2.5, 97.5]).tolist()
    return {"interval": interval, "deviation": ends.std(axis=1, ddof=1).tolist()}


def paired_bootstraps():
    for both, first, second, neither in [(20, 9, 4, 15), (612, 201, 149, 311), (2, 5, 1, 2), (3900, 310, 290, 500)]:
        differences = numpy.repeat([0, 1, -1, 0], [both, first, second, neither])
        found = percentile((differences,), lambda values, axis: values.mean(axis=axis))
        yield {"pairs": [both, first, second, neither], "value": float(differences.mean()), **found}


def clustered_bootstraps():
    for clusters, largest, better in [(25, 4, 0.2), (300, 6, 0.06), (1000, 3, 0.0)]:
        sizes = random.integers(1, largest + 1, clusters)
        # What a cluster's members share makes them alike.
        shared = random.normal(0, 0.25, clusters)
        chances = numpy.clip([[0.2 + better + share, 0.2 - share] for share in shared], 0.01, 0.49)
        sums = numpy.array([random.choice([1, -1, 0], size=size, p=[up, down, 1 - up - down]).sum()
                            for size, (up, down) in zip(sizes, chances)])
        found = percentile((sums, sizes), lambda sums, sizes, axis: sums.sum(axis=axis) / sizes.sum(axis=axis))
        yield {"clusters": [[int(total), int(size)] for total, size in zip(sums, sizes)],
               "value": float(sums.sum() / sizes.sum()), **found}


def kappa_of(weights, categories):
    """Cohen's kappa along an axis, for the bootstrap; checked against scikit-learn's below."""
    places = numpy.arange(categories)
    apart = numpy.abs(places[:, None] - places[None, :])
    weight = {None: (apart > 0).astype(float), "linear": apart.astype(float), "quadratic": apart.astype(float) ** 2}[weights]

    def statistic(one, other, axis):
        one, other = numpy.moveaxis(one, axis, -1), numpy.moveaxis(other, axis, -1)
        observed = weight[one, other].mean(axis=-1)
        first = (one[..., None] == places).mean(axis=-2)
        second = (other[..., None] == places).mean(axis=-2)
        return 1 - observed / numpy.einsum("...i,ij,...j->...", first, weight, second)

    return statistic


def kappas():
    for units, categories, noise in [(60, 3, 0.3), (250, 5, 0.5), (40, 2, 0.2)]:
        one = random.integers(0, categories, units)
        other = numpy.where(random.random(units) < noise, random.integers(0, categories, units), one)
        pairs = list(zip(one.tolist(), other.tolist()))
        for weights in [None, "linear", "quadratic"]:
            value = cohen_kappa_score(one, other, labels=range(categories), weights=weights)
            statistic = kappa_of(weights, categories)
            assert abs(statistic(one, other, 0) - value) < 1e-12
            yield {"units": pairs, "weights": weights or "none", "value": float(value),
                   **percentile((one, other), statistic)}
        agreed = (one == other).astype(float)
        yield {"units": pairs, "weights": "percent", "value": float(accuracy_score(one, other)),
               **percentile((agreed,), lambda values, axis: values.mean(axis=axis))}


def alpha_of(data, level):
    domain = numpy.unique(data[~numpy.isnan(data)])
    return krippendorff.alpha(reliability_data=data, level_of_measurement=level) if len(domain) > 1 else numpy.nan


def alphas():
    for raters, units, categories, missing in [(2, 30, 3, 0.0), (3, 80, 4, 0.3), (5, 40, 5, 0.5)]:
        truth = random.integers(0, categories, units)
        guesses = random.integers(0, categories, (raters, units))
        data = numpy.where(random.random((raters, units)) < 0.35, guesses, truth).astype(float)
        data[random.random((raters, units)) < missing] = numpy.nan
        for level in ["nominal", "ordinal"]:
            # Only units that two raters rated are drawn: others cannot tell of agreement.
            pairable = numpy.flatnonzero((~numpy.isnan(data)).sum(axis=0) > 1)

            def statistic(places, axis):
                places = numpy.moveaxis(places, axis, -1)
                flat = places.reshape(-1, places.shape[-1])
                return numpy.array([alpha_of(data[:, row], level) for row in flat]).reshape(places.shape[:-1])

            ratings = [[None if numpy.isnan(value) else int(value) for value in unit] for unit in data.T]
            yield {"units": ratings, "level": level, "value": float(alpha_of(data, level)),
                   **percentile((pairable,), statistic)}


def calibrations():
    for n, bins in [(200, 10), (1000, 15), (7, 5)]:
        confidence = random.uniform(0.2, 1, n).round(3)
        right = random.random(n) < confidence ** 1.5
        accuracies, confidences = calibration_curve(right, confidence, n_bins=bins, strategy="uniform")
        place = numpy.searchsorted(numpy.linspace(0, 1, bins + 1)[1:-1], confidence)
        counts = numpy.bincount(place, minlength=bins)
        filled = counts[counts > 0]
        yield {"confidence": confidence.tolist(), "right": right.tolist(), "bins": bins, "counts": counts.tolist(),
               "accuracies": accuracies.tolist(), "confidences": confidences.tolist(),
               "error": float((filled * numpy.abs(accuracies - confidences)).sum() / n)}


golden = {kind.__name__: list(kind()) for kind in [proportions, mcnemars, scores, sign_flips, holms, paired_bootstraps,
                                                   clustered_bootstraps, kappas, alphas, calibrations]}
path = Path(__file__).with_name("statistics.json")
path.write_text("{\n" + ",\n".join(f'"{kind}": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]"
                                   for kind, cases in golden.items()) + "\n}\n")
