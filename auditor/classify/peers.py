"""Other ways to fit the first stage, for comparison (needs scikit-learn)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Floats

Fitter = Callable[[Any, NDArray[np.bool_], Any, int], Floats]
"""Training matrix, truths, matrix to judge, seed -> logits."""


def linear_svm(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """Squared hinge, one label at a time; what is shipped."""
    from sklearn.svm import LinearSVC

    def model() -> Any:
        return LinearSVC(C=0.5, dual=True, tol=1e-3, random_state=seed)

    return _each(model, rows, truths, held)


def weighted_svm(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """The same with rare labels weighted up."""
    from sklearn.svm import LinearSVC

    def model() -> Any:
        return LinearSVC(
            C=0.5, dual=True, tol=1e-3, class_weight={False: 1, True: 4}, random_state=seed
        )

    return _each(model, rows, truths, held)


def logistic_regression(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """Logistic loss, hardly regularised: the vectors have length 1."""
    from sklearn.linear_model import LogisticRegression

    def model() -> Any:
        return LogisticRegression(C=100, solver="liblinear", random_state=seed)

    return _each(model, rows, truths, held)


def gradient_descent(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """SGD with modified Huber loss."""
    from sklearn.linear_model import SGDClassifier

    def model() -> Any:
        return SGDClassifier(loss="modified_huber", alpha=3e-5, max_iter=30, random_state=seed)

    return _each(model, rows, truths, held)


def naive_bayes_svm(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """Linear SVM on log-count ratios (Wang and Manning 2012)."""
    from scipy.sparse import diags
    from sklearn.svm import LinearSVC

    out = np.full((held.shape[0], truths.shape[1]), -1.0, np.float32)
    binary = (rows > 0).astype(np.float64)
    for label in range(truths.shape[1]):
        truth = truths[:, label]
        if not truth.any():
            continue
        yes = np.asarray(binary[truth].sum(0)).ravel() + 1
        no = np.asarray(binary[~truth].sum(0)).ravel() + 1
        ratio = diags(np.log(yes / yes.sum()) - np.log(no / no.sum()))
        model = LinearSVC(C=0.1, dual=True, tol=1e-3, random_state=seed)
        out[:, label] = model.fit(rows @ ratio, truth).decision_function(held @ ratio)
    return out


def boosting(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """Gradient boosting on 64 dimensions of a truncated SVD."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def model() -> Any:
        return HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, min_samples_leaf=10, random_state=seed
        )

    reduced, others = _reduced(rows, held, seed)
    return _each(model, reduced, truths, others)


def perceptron(rows: Any, truths: NDArray[np.bool_], held: Any, seed: int) -> Floats:
    """One hidden layer over all labels at once, on 64 dimensions of a truncated SVD."""
    from sklearn.neural_network import MLPClassifier

    reduced, others = _reduced(rows, held, seed)
    scale = reduced.std(0) + 1e-6
    model = MLPClassifier(
        (128,), alpha=1e-3, early_stopping=True, max_iter=60, random_state=seed
    ).fit(reduced / scale, truths)
    near = np.clip(model.predict_proba(others / scale), 1e-7, 1 - 1e-7)
    logits: Floats = np.log(near / (1 - near)).astype(np.float32)
    return logits


FITTERS: Mapping[str, Fitter] = MappingProxyType(
    {
        "linear SVM": linear_svm,
        "linear SVM, rare labels x4": weighted_svm,
        "logistic regression": logistic_regression,
        "SGD, modified Huber": gradient_descent,
        "NB-SVM": naive_bayes_svm,
        "boosting on SVD 64": boosting,
        "MLP on SVD 64": perceptron,
    }
)


def _reduced(rows: Any, held: Any, seed: int) -> tuple[Floats, Floats]:
    from sklearn.decomposition import TruncatedSVD

    svd = TruncatedSVD(64, random_state=seed, n_iter=3)
    return svd.fit_transform(rows).astype(np.float32), svd.transform(held).astype(np.float32)


def _each(model: Callable[[], Any], rows: Any, truths: NDArray[np.bool_], held: Any) -> Floats:
    out = np.full((held.shape[0], truths.shape[1]), -1.0, np.float32)
    for label in range(truths.shape[1]):
        truth = truths[:, label]
        if truth.any() and not truth.all():
            out[:, label] = model().fit(rows, truth).decision_function(held)
    return out
