"""The fields of a workload, for type checkers and editors; made from its table by `make docs`."""

from typing import Literal, TypeAlias, TypedDict

Kind: TypeAlias = Literal[
    "website", "web_api", "event_handler", "scheduled_task", "queue_worker", "stream_processor", "batch_job", "server",
    "dev_environment",
]  # fmt: skip
Traffic: TypeAlias = Literal["steady", "daily_cycle", "spiky", "rare"]
CpuArchitecture: TypeAlias = Literal["x86_64", "arm64"]
State: TypeAlias = Literal["stateless", "session", "persistent"]
Protocol: TypeAlias = Literal["none", "http", "websocket", "grpc", "tcp", "udp"]
Os: TypeAlias = Literal["linux", "windows", "any", "other"]
HostAccess: TypeAlias = Literal["none", "privileged", "kernel"]
Language: TypeAlias = Literal["nodejs", "python", "ruby", "java", "go", "dotnet", "rust", "cpp", "php", "other"]
Packaging: TypeAlias = Literal["source", "container", "machine_image", "packaged_app"]
AppStack: TypeAlias = Literal["wordpress", "lamp", "nginx", "mean", "nodejs", "magento", "joomla", "plesk", "other"]
AwsIntegration: TypeAlias = Literal["low", "medium", "high"]
ServerManagement: TypeAlias = Literal["avoid", "accept", "prefer"]
AwsExperience: TypeAlias = Literal["beginner", "intermediate", "expert"]
Environment: TypeAlias = Literal["hobby", "dev_test", "production"]
ExistingPlatform: TypeAlias = Literal["none", "functions", "ecs", "kubernetes", "servers"]
ProductClass: TypeAlias = Literal[
    "database", "cache", "broker", "search", "warehouse", "etl", "ml", "ftp", "mail", "iot", "game", "directory",
    "desktop", "other",
]  # fmt: skip
Region: TypeAlias = Literal[
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
    "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1",
    "il-central-1", "me-central-1", "me-south-1", "me-west-1", "mx-central-1", "sa-east-1", "sa-west-1", "us-east-1",
    "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
]  # fmt: skip


class Fields(TypedDict, total=False):
    """Fields as they may be given: numbers also as text with a unit, yes and no also as text."""

    workload_id: str | None
    description: str | None
    kind: Kind | None
    max_duration_s: float | str | None
    typical_duration_s: float | str | None
    invocations_per_month: float | str | None
    peak_concurrency: float | str | None
    traffic: Traffic | None
    start_within_s: float | str | None
    memory_mb: float | str | None
    vcpus: float | str | None
    gpus: float | str | None
    scratch_gb: float | str | None
    payload_mb: float | str | None
    cpu_architecture: CpuArchitecture | None
    state: State | None
    shared_filesystem: bool | str | None
    protocol: Protocol | None
    os: Os | None
    host_access: HostAccess | None
    language: Language | None
    packaging: Packaging | None
    package_mb: float | str | None
    code_changes: bool | str | None
    app_stack: AppStack | None
    dedicated_hardware: bool | str | None
    parallel_tasks: float | str | None
    tightly_coupled: bool | str | None
    interruptible: bool | str | None
    autoscaling: bool | str | None
    high_availability: bool | str | None
    aws_integration: AwsIntegration | None
    server_management: ServerManagement | None
    aws_experience: AwsExperience | None
    environment: Environment | None
    fixed_price: bool | str | None
    monthly_budget_usd: float | str | None
    relational_database: bool | str | None
    active_directory: bool | str | None
    splittable: bool | str | None
    strong_isolation: bool | str | None
    job_dependencies: bool | str | None
    scale_to_zero: bool | str | None
    response_within_s: float | str | None
    private_network: bool | str | None
    static_ip: bool | str | None
    outbound_gb_per_month: float | str | None
    existing_platform: ExistingPlatform | None
    portability: bool | str | None
    stored_data_gb: float | str | None
    shell_access: bool | str | None
    sidecars: bool | str | None
    static_content: bool | str | None
    product_class: ProductClass | None
    region: Region | None


class Held:
    """Fields as a workload holds them; None is unknown."""

    workload_id: str | None
    description: str | None
    kind: Kind | None
    max_duration_s: float | None
    typical_duration_s: float | None
    invocations_per_month: float | None
    peak_concurrency: float | None
    traffic: Traffic | None
    start_within_s: float | None
    memory_mb: float | None
    vcpus: float | None
    gpus: float | None
    scratch_gb: float | None
    payload_mb: float | None
    cpu_architecture: CpuArchitecture | None
    state: State | None
    shared_filesystem: bool | None
    protocol: Protocol | None
    os: Os | None
    host_access: HostAccess | None
    language: Language | None
    packaging: Packaging | None
    package_mb: float | None
    code_changes: bool | None
    app_stack: AppStack | None
    dedicated_hardware: bool | None
    parallel_tasks: float | None
    tightly_coupled: bool | None
    interruptible: bool | None
    autoscaling: bool | None
    high_availability: bool | None
    aws_integration: AwsIntegration | None
    server_management: ServerManagement | None
    aws_experience: AwsExperience | None
    environment: Environment | None
    fixed_price: bool | None
    monthly_budget_usd: float | None
    relational_database: bool | None
    active_directory: bool | None
    splittable: bool | None
    strong_isolation: bool | None
    job_dependencies: bool | None
    scale_to_zero: bool | None
    response_within_s: float | None
    private_network: bool | None
    static_ip: bool | None
    outbound_gb_per_month: float | None
    existing_platform: ExistingPlatform | None
    portability: bool | None
    stored_data_gb: float | None
    shell_access: bool | None
    sidecars: bool | None
    static_content: bool | None
    product_class: ProductClass | None
    region: Region | None
