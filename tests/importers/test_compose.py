from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_sizes_ports_and_volumes(found: Found) -> None:
    text = """
    services:
      api:
        build: .
        ports: ["8080:8080"]
        environment: {PASSWORD: hush-hush-1}
        deploy: {resources: {limits: {cpus: '0.5', memory: 512M}}}
      rtmp:
        image: x/rtmp
        mem_limit: 256m
        cpus: 0.3
        ports: ["1935:1935"]
      receiver: {image: x/r, ports: ["9998:9998/udp"]}
      db: {image: "postgres:16", volumes: ["data:/var/lib/postgresql/data"]}
    volumes: {data: {}}
    """
    scan = found({"docker-compose.yml": text})
    api, rtmp, receiver, database = scan.workloads
    assert known(api) == {"memory_mb": 512, "vcpus": 0.5, "os": "linux", "packaging": "container"}
    assert likely(api)["protocol"] == "http"
    assert known(rtmp) == {"memory_mb": 256, "vcpus": 0.3, "os": "linux", "packaging": "container", "protocol": "tcp"}
    assert known(receiver) == {"os": "linux", "packaging": "container", "protocol": "udp"}
    assert known(database)["product_class"] == "database" and known(database)["state"] == "persistent"
    assert all(workload.present_service == "" for workload in scan.workloads)
    assert "hush-hush-1" not in scan.model_dump_json()


def test_a_database_keeps_data_wherever_a_variable_places_it(found: Found) -> None:
    text = "services: {db: {image: postgres, volumes: ['${DATA}:/var/lib/postgresql/data']}}\n"
    assert known(found({"compose.yaml": text}).workloads[0])["state"] == "persistent"


def test_privileges(found: Found) -> None:
    text = """
    services:
      a: {image: x, privileged: true}
      b: {image: x, network_mode: host}
      c: {image: x, volumes: ["/var/run/docker.sock:/var/run/docker.sock"]}
      d: {image: x, cap_add: [NET_ADMIN]}
      e: {image: x, devices: ["/dev/snd:/dev/snd"]}
      f: {image: x, privileged: false, ulimits: {nofile: 1}}
    """
    access = {w.workload_id: known(w).get("host_access") for w in found({"compose.yaml": text}).workloads}
    assert access == {**dict.fromkeys("abcde", "privileged"), "f": None}


def test_what_is_left_out(found: Found) -> None:
    text = """
    services:
      web: {image: x/web, ports: ["80"]}
      nginx: {image: "nginx:1", ports: ["80:80"]}
      localstack: {image: localstack/localstack}
      migrate: {image: x/web, restart: "no"}
      shell: {image: x/web, command: bash}
      worker: {image: x/worker}
      worker_2: {image: x/worker}
      agent: {image: datadog/agent}
    """
    scan = found({"docker-compose.yml": text})
    assert [workload.workload_id for workload in scan.workloads] == ["web", "worker"]
    assert {item.name for item in scan.left_out} == {"nginx", "localstack", "migrate", "shell", "worker_2", "agent"}


def test_defaults_of_variables_are_hints_and_merges_are_followed(found: Found) -> None:
    text = """
    x-base: &base {image: x/app, mem_limit: 1g}
    services:
      a: {<<: *base, cpus: "${CPUS:-2}"}
      b: {<<: *base, mem_limit: "${MEM}"}
    """
    first, second = found({"docker-compose.yml": text}).workloads
    assert known(first)["memory_mb"] == 1024 and "vcpus" not in known(first) and likely(first)["vcpus"] == 2
    assert "memory_mb" not in known(second) and "memory_mb" not in likely(second)


def test_an_override_without_an_image_and_a_file_for_development(found: Found) -> None:
    scan = found(
        {
            "docker-compose.yml": "services: {app: {image: x/app, mem_limit: 1g, cpus: 2}}",
            "docker-compose.production.yml": "services: {app: {deploy: {resources: {limits: {memory: 10000M}}}}}",
            "docker-compose.dev.yml": "services: {app: {image: x/app, mem_limit: 9g, gpus: all}}",
        }
    )
    (app,) = scan.workloads
    assert known(app) == {"memory_mb": 10000, "vcpus": 2, "os": "linux", "packaging": "container"}
    assert len(scan.left_out) == 2


def test_gpus_and_architecture(found: Found) -> None:
    text = """
    services:
      a:
        image: x
        platform: linux/arm64
        deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}
    """
    (workload,) = found({"docker-compose.yml": text}).workloads
    assert known(workload)["gpus"] == 1 and known(workload)["cpu_architecture"] == "arm64"


def test_shares_of_cpu_are_cpu_units_only_for_the_ecs_cli(found: Found) -> None:
    text = """
    services:
      hub: {image: x, cpu_shares: 512, logging: {driver: awslogs}}
      other: {image: y, cpu_shares: 512}
    """
    hub, other = found({"docker-compose.yml": text}).workloads
    assert known(hub)["vcpus"] == 0.5 and "vcpus" not in {**known(other), **likely(other)}


def test_of_the_same_service_for_two_environments_production_counts(found: Found) -> None:
    text = """
    services:
      production: {build: ., mem_limit: 512m}
      development: {build: ., mem_limit: 4g}
    """
    scan = found({"docker-compose.yml": text})
    assert [one.workload_id for one in scan.workloads] == ["production"]
    assert [one.reason for one in scan.left_out] == ["the same service for another environment"]


def test_variants_beside_the_usual_file_are_not_further_workloads(found: Found) -> None:
    scan = found(
        {
            "docker-compose-mongodb.yml": "services: {app: {image: x/app, mem_limit: 4g}, mongo: {image: mongo}}",
            "docker-compose.yml": "services: {app: {image: x/app, cpus: 2}}",
        }
    )
    assert [(one.workload_id, one.file) for one in scan.workloads] == [
        ("app", "docker-compose.yml"), ("mongo", "docker-compose-mongodb.yml"),
    ]  # fmt: skip
    assert "memory_mb" not in known(scan.workloads[0])
    assert [one.reason for one in scan.left_out] == [
        "the same workload in another file of the folder; docker-compose.yml is used"
    ]


def test_a_reverse_proxy_that_is_built_is_no_workload(found: Found) -> None:
    compose = """
    services:
      app: {build: ./app, ports: ["8000:8000"]}
      web: {build: ./web, ports: ["80:80"]}
      site: {build: ./site, ports: ["81:80"]}
      proxy: {build: ./elsewhere, ports: ["443:443"]}
      nginx: {image: me/multi-nginx, ports: ["82:80"]}
      companion: {image: nginxproxy/acme-companion}
    """
    files = {
        "compose.yaml": compose,
        "app/Dockerfile": "FROM python:3.12\n",
        "web/Dockerfile": "FROM nginx:alpine\nCOPY nginx.conf /etc/nginx/nginx.conf\n",
        "site/Dockerfile": "FROM node AS build\nFROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
    }
    scan = found(files)
    assert [workload.workload_id for workload in scan.workloads] == ["app", "site"]
    reasons = {item.name: item.reason for item in scan.left_out if item.file == "compose.yaml"}
    assert all("reverse proxy" in reasons[name] for name in ("web", "proxy", "nginx"))
    assert "certificates" in reasons["companion"]
    alone = found({"compose.yaml": "services: {proxy: {build: ./elsewhere}}\n"})
    assert "proxy" in [workload.workload_id for workload in alone.workloads]


def test_an_override_takes_ports_from_below_and_adds_no_front(found: Found) -> None:
    below = """
    services:
      api: {build: ./api, ports: ["8000:8000"]}
      nginx: {image: nginx, ports: ["80:80"]}
    """
    over = """
    services:
      api: {deploy: {resources: {limits: {memory: 1G}}}}
      nginx: {ports: ["443:443"]}
    """
    (api,) = found({"docker-compose.yml": below, "docker-compose.prod.yml": over}).workloads
    assert known(api)["memory_mb"] == 1024 and likely(api)["protocol"] == "http"


def test_gpus_have_several_spellings_and_are_no_access_to_the_host(found: Found) -> None:
    text = """
    services:
      a: {image: x, runtime: nvidia, devices: [/dev/nvidia0]}
      b:
        image: y
        deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['0', '1'], capabilities: [gpu]}]}}}
      c: {image: z, gpus: all}
    """
    a, b, c = found({"docker-compose.yml": text}).workloads
    assert "host_access" not in known(a) and likely(a)["gpus"] == 1
    assert known(b)["gpus"] == 2 and known(c)["gpus"] == 1


def test_containers_for_development_are_no_workloads(found: Found) -> None:
    text = """
    services:
      api: {build: .}
      api-dev: {build: .}
      shell: {image: x, command: '/bin/sh -c "while sleep 1000; do :; done"'}
      nap: {image: y, command: [sleep, infinity]}
    """
    scan = found({"docker-compose.yml": text, ".devcontainer/docker-compose.yml": "services: {dev: {image: x}}\n"})
    assert [workload.workload_id for workload in scan.workloads] == ["api"] and len(scan.left_out) == 4


def test_files_from_elsewhere_are_named_and_not_fetched(found: Found) -> None:
    text = """
    include: ["https://github.com/acme/x.git", other.yml, {path: [git@example.com:a/b.git, c.yml]}]
    services:
      web: {image: acme/web, extends: {file: "https://example.com/base.yml", service: web}}
      job: {image: acme/job, extends: {file: base.yml, service: job}}
    """
    unreadable = found({"docker-compose.yml": text}).unreadable
    assert [one.line for one in unreadable] == [1, 1, 3]
    assert all("not fetched" in one.reason and "docker compose config" in one.advice for one in unreadable)


def test_a_command_tells_a_worker_whether_it_is_a_text_or_a_list(found: Found) -> None:
    text = """
    services:
      a: {image: x, command: celery -A app worker}
      b: {image: x, entrypoint: [bundle, exec, sidekiq]}
      c: {image: x, command: ./run}
    """
    first, second, third = found({"docker-compose.yml": text}).workloads
    assert (likely(first)["kind"], likely(first)["language"]) == ("queue_worker", "python")
    assert (likely(second)["kind"], likely(second)["language"]) == ("queue_worker", "ruby")
    assert "kind" not in likely(third)


def test_services_that_share_a_folder_with_others(found: Found) -> None:
    text = """
    services:
      gate: {image: caddy, ports: ["80:80"], depends_on: [api], volumes: ["files:/srv"]}
      api: {build: ., depends_on: {db: {condition: service_healthy}}, volumes: ["./up:/app/up", ".:/app", "files:/srv"]}
      worker: {build: ., volumes: ["./up:/app/up:ro", ".:/app"]}
      thumbs: {build: ., volumes: ["./up:/app/up"]}
      db: {image: postgres, volumes: ["data:/var/lib/postgresql/data"]}
      api2: {restart: always}
    volumes: {data: {}, files: {}}
    """
    api, worker, thumbs, db, other = found({"compose.yml": text}).workloads
    # That no port is published does not say that nobody connects: a proxy elsewhere, or another project, may.
    assert not any("protocol" in {**known(one), **likely(one)} for one in (api, worker, thumbs, db, other))
    assert [likely(one).get("shared_filesystem") for one in (api, worker, thumbs, db)] == [True, None, True, None]


def test_a_command_that_starts_a_worker_and_a_server_says_neither(found: Found) -> None:
    text = "services: {web: {build: ., command: 'sh -c \"celery -A a worker & gunicorn a.wsgi\"', expose: [8000]}}"
    assert "kind" not in likely(found({"compose.yml": text}).workloads[0])


def test_a_number_of_gpus_that_can_be_set_elsewhere_is_likely_only(found: Found) -> None:
    text = """
    services:
      a: {image: x, deploy: {resources: {reservations: {devices: [{count: "${GPUS:-1}", capabilities: [gpu]}]}}}}
      b: {image: x, deploy: {resources: {reservations: {devices: [{count: 2, capabilities: [gpu]}]}}}}
    """
    first, second = found({"compose.yml": text}).workloads
    assert "gpus" not in known(first) and likely(first)["gpus"] == 1
    assert known(second)["gpus"] == 2


def test_a_service_with_the_name_of_a_proxy_and_another_image_is_none(found: Found) -> None:
    text = """
    services:
      proxy: {image: itzg/bungeecord, ports: ["25577:25577"]}
      lb: {build: ./lb, ports: ["80:80"]}
      nginx: {image: acme/my-nginx, ports: ["443:443"]}
      server: {image: itzg/minecraft-server, ports: ["25565:25565"]}
    """
    scan = found({"compose.yml": text})
    assert [one.workload_id for one in scan.workloads] == ["proxy", "server"]
