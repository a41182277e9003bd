"""Bodies about accounts and sessions."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from serving.accounts import credentials
from serving.routes.schemas.fields import Moment, NewPassword, OwnPassword, Storable, Username

REFRESH_TOKEN = "0d5b3c0f6a544d4fb2f2f0c1a9d7e3b8.kU5q7nT0sJmVw2e8cRzXyA1bD4fGhIjKlMnOpQrStUv"  # noqa: S105  an example
SESSION_ID = "5f0c9b1de2f84c0fa1b0d6c3e7a98b42"


class SignupIn(BaseModel):
    """A new account."""

    username: Username
    password: NewPassword
    invite_code: Annotated[str, StringConstraints(max_length=100), Storable] | None = Field(
        None, description="Where `/config` says that signing up needs an invite.", examples=["q7Xb0m4dKQvZ3n1s"]
    )

    @field_validator("password")
    @classmethod
    def _is_not_the_first_guess(cls, value: str, info: ValidationInfo) -> str:
        return credentials.password(value, info.data.get("username"))


class LoginIn(BaseModel):
    """The OAuth2 password form; what else it carries (grant_type, scope, …) is not needed."""

    username: Annotated[str, StringConstraints(max_length=200), Storable, Field(examples=["ada"])]
    password: OwnPassword


class PasswordChangeIn(BaseModel):
    """A new password, and the one until now."""

    current_password: OwnPassword
    new_password: Annotated[NewPassword, Field(examples=["four words nobody guesses"])]

    @field_validator("new_password")
    @classmethod
    def _is_not_the_first_guess(cls, value: str) -> str:
        return credentials.password(value)


class AccountDeletionIn(BaseModel):
    """The password once more: a token alone, left on a borrowed phone, deletes nothing."""

    password: OwnPassword


class UserOut(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["0d5b3c0f6a544d4fb2f2f0c1a9d7e3b8"])
    username: str = Field(examples=["ada"])
    created_at: Moment
    onboarded: bool = Field(description="Whether seeds were chosen, or enough was played.", examples=[True])
    private: bool = Field(description="A private session: nothing that is played is kept.", examples=[False])
    share_listens: bool = Field(description="Whether the next model may learn from the listens.", examples=[True])
    role: Literal["listener", "admin"] = Field(description="An admin sees GET /admin/status.", examples=["listener"])


class SessionOut(BaseModel):
    """What a signup or login gives: send `Authorization: Bearer <access_token>`."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…"])
    refresh_token: str | None = Field(
        description="For POST /auth/refresh, once. null: it is in a cookie.", examples=[REFRESH_TOKEN]
    )
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  the name of a scheme
    expires_in: int = Field(description="Seconds.", examples=[86400])
    user: UserOut


class RefreshIn(BaseModel):
    """A refresh token, from an app that keeps no cookies."""

    refresh_token: Annotated[str, StringConstraints(max_length=200), Storable, Field(examples=[REFRESH_TOKEN])]


class SignedInOut(BaseModel):
    """A place where somebody is signed in."""

    id: str = Field(examples=[SESSION_ID])
    device: str = Field(description="As it called itself when it logged in (User-Agent).", examples=["Firefox/142.0"])
    created_at: Moment
    refreshed_at: Moment
    current: bool = Field(description="Whether this request belongs to it.", examples=[True])


class SessionsOut(BaseModel):
    """Where an account is signed in, the last renewed first."""

    items: list[SignedInOut]
