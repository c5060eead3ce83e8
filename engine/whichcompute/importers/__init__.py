"""Infrastructure code and configuration as workloads, each value with file, line and key; nothing is executed.

The modules, bottom first; each imports only from those above it:

nodes           a document as a tree whose values know their lines
parsing         bounded YAML and JSON
toml_trees      TOML with line numbers
quantities      sizes and times in the spellings of the platforms
catalogue       what names of images and runtimes mean
schedules       how often a schedule runs in a month
suppressions    comments by which a problem is not reported
found           what a scan finds
keys            what the keys of a format say, by tables
beside          files that a file reads beside itself
code_projects   projects whose infrastructure a program makes
walk            which files may hold infrastructure code
functions       a function of AWS Lambda
tasks           a task of ECS
jobs            a job of AWS Batch
arguments       what the names of arguments of modules and templates mean
beanstalk       Elastic Beanstalk
resources       resources of a template or a configuration, and which refer to which
aws_resources   resources of AWS as workloads, whatever declares them
cloudformation  CloudFormation, SAM, CDK templates
compose         Docker Compose
aws_files       tasks, services, jobs and compute environments in the shapes of the AWS API, Dockerrun
kubernetes      manifests of Kubernetes
terraform       Terraform and OpenTofu
serverless      the Serverless Framework
copilot         AWS Copilot
cloud_run       Cloud Run and Knative
azure_functions  Azure Functions
chalice         AWS Chalice
zappa           Zappa
score_files     Score
fly             fly.toml
systemd         services and timers of systemd
plain_files     Dockerfile, Procfile, crontab
formats         which reader a file is for
scanning        folders and files into workloads
rows            a scan as an inventory
reading_back    one workload of a scan again
task_sizes      sizes that Fargate does not have
checking        declared against recommended services
"""
