"""Whether anything done here is real, asked where papers are printed and money would be collected."""

import uuid
from functools import lru_cache

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import NoTenantError, current_tenant


def is_test() -> bool:
    """Tell whether the current tenant is a test tenant; NoTenantError outside `as_tenant`."""
    return _is_test(current_tenant())


def printed_as_test() -> bool:
    """Tell whether a paper is to say that it is a test's; what is printed for no tenant is nobody's."""
    try:
        return is_test()
    except NoTenantError:
        return False


@lru_cache(maxsize=4096)
def _is_test(tenant: uuid.UUID) -> bool:
    """What a tenant is for never changes, so it is asked once."""
    return Tenant.objects.filter(pk=tenant, stage=Tenant.Stage.TEST).exists()
