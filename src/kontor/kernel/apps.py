from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "kontor.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        from kontor.kernel import checks  # noqa: F401  registers the system checks, which need loaded apps

        autodiscover_modules("module")
