"""
The identity provider of a site, made from its settings.

Contract: half a configuration, a secret that others can read, or a role that does not exist make
the start fail with the remedy; nothing is guessed and nothing falls back to no provider.
"""

import stat
from pathlib import Path

from service.identity.provider import Provider, ProviderSettings
from service.settings import Settings
from service.workflow.errors import ServiceError
from service.workflow.people import STAFF_ROLES


class BadProvider(ServiceError):
    """The settings of the identity provider cannot be used."""


def provider_of(settings: Settings) -> Provider | None:
    """The provider, or None where no setting names one."""
    if not (settings.oidc_issuer or settings.oidc_client_id):
        return None
    if not (settings.oidc_issuer and settings.oidc_client_id):
        message = "LETTERS_OIDC_ISSUER and LETTERS_OIDC_CLIENT_ID are set together or not at all."
        raise BadProvider(message)
    unknown = set(settings.oidc_roles.values()) - {role.value for role in STAFF_ROLES}
    if unknown:
        roles = ", ".join(sorted(STAFF_ROLES))
        message = f"LETTERS_OIDC_ROLES names a role that there is not. Roles are: {roles}."
        raise BadProvider(message)
    if settings.oidc_roles_claim and not settings.oidc_roles:
        message = "LETTERS_OIDC_ROLES_CLAIM needs LETTERS_OIDC_ROLES, or nobody has a role."
        raise BadProvider(message)
    secret = settings.oidc_client_secret_file
    return Provider(
        ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=_secret(secret) if secret else None,
            redirect_uri=f"{settings.base_url}/sign-in/provider/return",
            scopes=settings.oidc_scopes,
            roles_claim=settings.oidc_roles_claim,
            second_factor=settings.oidc_second_factor,
        )
    )


def _secret(path: Path) -> str:
    try:
        mode, secret = path.stat().st_mode, path.read_text("utf-8").strip()
    except (OSError, ValueError):
        message = f"{path}: the secret of the identity provider cannot be read."
        raise BadProvider(message) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{path}: others can read the secret of the identity provider: chmod 600 it."
        raise BadProvider(message)
    if not secret:
        message = f"{path}: the secret of the identity provider is empty."
        raise BadProvider(message)
    return secret
