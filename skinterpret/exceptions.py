"""Warnings of this package."""


class NoClosedFormWarning(UserWarning):
    """The best formula is not one to rely on: the verdict is "no closed form found".

    Examples
    --------
    >>> import warnings
    >>> from skinterpret.exceptions import NoClosedFormWarning
    >>> warnings.simplefilter("ignore", NoClosedFormWarning)
    """


class UnreadableNetworkWarning(UserWarning):
    """A network's directions jump, or its answers hardly vary: said before the search.

    Examples
    --------
    >>> import warnings
    >>> from skinterpret.exceptions import UnreadableNetworkWarning
    >>> warnings.simplefilter("ignore", UnreadableNetworkWarning)
    """


class UnfaithfulTreeWarning(UserWarning):
    """A tree has no split, or is no more faithful to its network than a constant answer.

    Examples
    --------
    >>> import warnings
    >>> from skinterpret.exceptions import UnfaithfulTreeWarning
    >>> warnings.simplefilter("ignore", UnfaithfulTreeWarning)
    """


class UnfaithfulProbeWarning(UserWarning):
    """The sum of what single inputs do is hardly more faithful to its network than one class for all rows.

    Examples
    --------
    >>> import warnings
    >>> from skinterpret.exceptions import UnfaithfulProbeWarning
    >>> warnings.simplefilter("ignore", UnfaithfulProbeWarning)
    """
