"""AWS Secrets Manager, through the `aws` command and whatever identity that has."""

from cc_launcher.core.stores.store import JSON_KEY, TEXT, Store, Tools, Trouble, like_option, split_field


class SecretsManager(Store):
    """`aws-sm:ID`: the secret as it is; `aws-sm:ID#KEY`: one key of a secret that is JSON."""

    name = "aws-sm"
    title = "AWS Secrets Manager"
    syntax = "aws-sm:ID or aws-sm:ID#KEY, a secret in AWS Secrets Manager, or one key of its JSON"
    commands = ("aws",)
    install = "install it: https://docs.aws.amazon.com/cli"
    variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

    def check(self, name: str) -> None:
        """Refuse what aws would take for an option."""
        identity, _ = split_field(name)
        if not identity or like_option(identity):
            raise self.refuse("does not name a secret")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`get-secret-value`, without the rest of the answer."""
        identity, key = split_field(name)
        get = ("secretsmanager", "get-secret-value", "--secret-id", identity)
        pick = f"{JSON_KEY}{key}" if key else TEXT
        return self.reading(name, pick, tools.command("aws"), *get, "--query", "SecretString", "--output", "text")

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From the codes of the service and the messages of the command."""
        if "ResourceNotFoundException" in said:
            return Trouble("AWS Secrets Manager has no such secret here", "check the id, AWS_REGION and AWS_PROFILE")
        if "AccessDenied" in said:
            return Trouble(
                "AWS Secrets Manager refuses this identity",
                "aws sts get-caller-identity says which it is; it needs secretsmanager:GetSecretValue",
            )
        if any(
            sign in said
            for sign in (
                "Unable to locate credentials",
                "xpiredToken",
                "has expired",
                "UnrecognizedClient",
                "InvalidClientTokenId",
                "sso login",
            )
        ):
            return Trouble("AWS: not signed in, or the session has expired", "aws sso login, or aws configure")
        if "specify a region" in said:
            return Trouble("AWS: no region is chosen", "export AWS_REGION=…, or aws configure")
        if "Could not connect" in said or "Connect timeout" in said:
            return Trouble("AWS Secrets Manager cannot be reached", "check the network and the region")
        return None

    def keep(self, name: str, profile: str) -> str:
        """With its own program; the value must not be an argument."""
        return f"aws secretsmanager create-secret --name {split_field(name)[0]} --secret-string file://PATH"
