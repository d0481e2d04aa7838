"""The charts: lint, what they render, and whether the real API server takes it."""
import json
import pathlib
import subprocess

import pytest
import yaml

from cluster import Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART, CRDS = ROOT / "deploy/chart/nuncio", ROOT / "deploy/chart/nuncio-crds"

VALUES = {
    "defaults": {},
    "daemon-set": {"daemonSet": True, "hostNetwork": True},
    "single-namespace": {"scope": {"singleNamespace": True}, "createDefaultListeners": True, "env": {"AMBASSADOR_ID": "two", "AMBASSADOR_DEBUG": "envoy"}},
    "autoscaling": {"autoscaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 9}, "podDisruptionBudget": {"minAvailable": "50%"}},
    "service": {"service": {
        "type": "NodePort", "externalTrafficPolicy": "Local", "sessionAffinity": "ClientIP", "ipFamilyPolicy": "PreferDualStack",
        "ports": [{"name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080}, {"name": "tcp", "port": 6379}],
        "portsRaw": [{"name": "named", "port": 90, "targetPort": "http"}, {"name": "quic", "port": 443, "targetPort": 8443, "protocol": "UDP"}],
        "annotations": {"a": "b"}, "labels": {"c": "d"}, "selector": {"e": "f"}, "nameOverride": "edge"}},
    "objects": {"createDefaultListeners": True, "resolvers": {"endpoint": {"create": True}, "consul": {"create": True, "spec": {"address": "consul:8500", "datacenter": "dc1"}}},
                "module": {"enabled": True, "diagnostics": {"enabled": True}, "xff_num_trusted_hops": 1}},
    "nothing-extra": {"adminService": {"create": False}, "rbac": {"create": False}, "serviceAccount": {"create": False, "name": "other"},
                      "module": {"enabled": False}, "podDisruptionBudget": None, "deploymentStrategy": {"type": "Recreate"}},
    "pod": {"podLabels": {"a": "b"}, "podAnnotations": {"c": "d"}, "deploymentLabels": {"e": "f"}, "deploymentAnnotations": {"g": "h"},
            "nodeSelector": {"kubernetes.io/os": "linux"}, "tolerations": [{"operator": "Exists"}], "priorityClassName": "system-cluster-critical",
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"a": "b"}}}}]}},
            "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": {"a": "b"}}}],
            "lifecycle": {"preStop": {"sleep": {"seconds": 1}}}, "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["x"]}],
            "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]}, "imagePullSecrets": [{"name": "pull"}],
            "volumes": [{"name": "more", "emptyDir": {}}], "volumeMounts": [{"name": "more", "mountPath": "/more"}],
            "initContainers": [{"name": "first", "image": "x"}], "sidecarContainers": [{"name": "beside", "image": "x"}],
            "envRaw": [{"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}], "args": ["--drain-time", "10s"]},
}


def helm(cluster, command, chart, values, *words):
    return cluster.run("helm", command, *([] if command == "lint" else ["nuncio"]), chart, "--values", "-", *words, stdin=json.dumps(values))


def render(cluster, values, *words, chart=CHART):
    return [each for each in yaml.safe_load_all(helm(cluster, "template", chart, values, *words)) if each]


def one(objects, kind, name="nuncio"):
    [found] = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


@pytest.fixture(scope="module")
def restricted(cluster, namespace):
    """A namespace that warns of a pod that the strictest of the Pod Security Standards refuses."""
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted")
    return namespace


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_the_api_server_takes_what_the_chart_renders(cluster, crds, restricted, values):
    assert "0 chart(s) failed" in helm(cluster, "lint", CHART, values, "--strict")
    rendered = helm(cluster, "template", CHART, values, "--namespace", restricted)
    said = cluster.kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=rendered, check=False)
    taken = [line for line in said.splitlines() if line.endswith("serverside-applied (server dry run)")]
    assert len(taken) == len([each for each in yaml.safe_load_all(rendered) if each]), said
    # Only what a user adds may ask for more than the strictest standard allows.
    warnings = [line for line in said.splitlines() if line not in taken]
    assert len(warnings) == (1 if values.get("hostNetwork") or "initContainers" in values else 0), said


def test_a_pod_has_no_rights_that_it_does_not_need(cluster):
    pod = one(render(cluster, {}), "Deployment")["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"] == {"runAsNonRoot": True, "runAsUser": 8888, "runAsGroup": 8888, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/tmp", "/tmp/ambassador-pod-info"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/ambassador/v0/check_ready", "port": "admin"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/ambassador/v0/check_alive", "port": "admin"}


def test_values_reach_what_they_are_about(cluster):
    objects = render(cluster, VALUES["service"])
    service = one(objects, "Service", "edge")
    assert service["metadata"]["labels"]["app.kubernetes.io/component"] == "ambassador-service"
    assert service["metadata"]["labels"]["c"] == "d" and service["metadata"]["annotations"] == {"a": "b"} and service["spec"]["selector"]["e"] == "f"
    assert [(port["name"], port["port"]) for port in service["spec"]["ports"]] == [("http", 80), ("tcp", 6379), ("named", 90), ("quic", 443)]
    ports = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert [(port["name"], port["containerPort"]) for port in ports] == [("http", 8080), ("tcp", 6379), ("quic", 8443), ("admin", 8877)]

    objects = render(cluster, VALUES["objects"])
    assert one(objects, "Module", "ambassador")["spec"]["config"] == {"diagnostics": {"enabled": True, "allow_non_local": True}, "xff_num_trusted_hops": 1}
    assert one(objects, "ConsulResolver", "consul")["spec"] == {"address": "consul:8500", "datacenter": "dc1"}
    assert {one(objects, "Listener", f"nuncio-{name}")["spec"]["port"] for name in ("http", "https")} == {8080, 8443}

    objects = render(cluster, VALUES["single-namespace"])
    assert not [each for each in objects if each["kind"].startswith("Cluster")]
    assert one(objects, "Listener", "nuncio-http")["spec"]["ambassador_id"] == ["two"]
    env = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "AMBASSADOR_SINGLE_NAMESPACE", "value": "YES"} in env and {"name": "AMBASSADOR_ID", "value": "two"} in env

    deployment = one(render(cluster, VALUES["autoscaling"]), "Deployment")
    assert "replicas" not in deployment["spec"], "it would undo what the autoscaler did"
    assert {each["kind"] for each in render(cluster, VALUES["nothing-extra"])} == {"Deployment", "Service"}


def test_what_a_service_monitor_selects_is_the_admin_service(cluster):
    objects = render(cluster, {"metrics": {"serviceMonitor": {"enabled": True, "interval": "5s", "selector": {"release": "prometheus"}}}})
    monitor, admin = one(objects, "ServiceMonitor"), one(objects, "Service", "nuncio-admin")
    assert monitor["metadata"]["labels"]["release"] == "prometheus" and monitor["spec"]["endpoints"][0]["interval"] == "5s"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= admin["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == admin["spec"]["ports"][0]["name"]
    with pytest.raises(Failure, match="serviceMonitor needs adminService.create"):
        render(cluster, {"metrics": {"serviceMonitor": {"enabled": True}}, "adminService": {"create": False}})


@pytest.mark.parametrize("single", [False, True], ids=["cluster", "single-namespace"])
def test_rights_are_the_least(cluster, crds, namespace, single):
    values = {"scope": {"singleNamespace": single}, "fullnameOverride": f"rights-{single}".lower()}
    rights = [each for each in render(cluster, values, "--namespace", namespace) if each["kind"] in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ServiceAccount")]
    cluster.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": rights}))

    def can(verb, resource, where, *words):
        said = cluster.kubectl("auth", "can-i", verb, resource, "-n", where, *words, "--as", f"system:serviceaccount:{namespace}:{values['fullnameOverride']}", check=False)
        return said.splitlines()[-1] == "yes"
    for resource in ("mappings.getambassador.io", "secrets", "services", "endpointslices.discovery.k8s.io"):
        assert can("watch", resource, namespace), resource
        assert can("watch", resource, "default") == (not single), resource
        assert not can("delete", resource, namespace) and not can("update", resource, namespace), resource
    assert can("patch", "mappings.getambassador.io", namespace, "--subresource=status")
    assert can("create", "events.events.k8s.io", namespace)
    assert can("update", "leases.coordination.k8s.io", namespace) and not can("update", "leases.coordination.k8s.io", "kube-system")
    for verb, resource in (("get", "configmaps"), ("create", "pods"), ("patch", "mappings.getambassador.io"), ("get", "nodes"), ("impersonate", "users")):
        assert not can(verb, resource, namespace), resource


def test_the_chart_says_which_values_do_nothing(cluster, crds, namespace):
    values = {"canary": {"enabled": True}, "adminService": {"snapshotPort": 8005}}
    said = cluster.run("helm", "install", "nuncio", CHART, "--dry-run=server", "--namespace", namespace, "--values", "-", stdin=json.dumps(values))
    assert "These values do nothing in this chart: canary, adminService.snapshotPort." in said


def test_the_crd_chart(cluster, crds):
    plain = render(cluster, {}, chart=CRDS)
    assert {each["metadata"]["annotations"]["helm.sh/resource-policy"] for each in plain} == {"keep"}
    for each in plain:
        file = yaml.safe_load((ROOT / "deploy/crds" / f"{each['spec']['names']['plural']}.yaml").read_text())
        assert each["spec"] == file["spec"]
    assert len(plain) == len(crds)

    legacy = helm(cluster, "template", CRDS, {"enableLegacyVersions": True, "enableV1": True}, "--namespace", "default")
    mapping = one([each for each in yaml.safe_load_all(legacy) if each], "CustomResourceDefinition", "mappings.getambassador.io")
    assert [version["name"] for version in mapping["spec"]["versions"]] == ["v3alpha1", "v2", "v1"]
    assert mapping["spec"]["conversion"]["webhook"]["clientConfig"]["service"] == {
        "name": "nuncio-apiext", "namespace": "default", "port": 443, "path": "/webhooks/crd-convert"}
    said = cluster.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", stdin=legacy)
    objects = [each for each in yaml.safe_load_all(legacy) if each]
    assert said.count("serverside-applied") == len(objects)
    assert one(objects, "Deployment", "nuncio-apiext")["spec"]["template"]["spec"]["containers"][0]["args"] == ["apiext", "nuncio-apiext"]
    alone = helm(cluster, "template", CRDS, {"enableLegacyVersions": True, "apiext": {"enabled": False}})
    assert {each["kind"] for each in yaml.safe_load_all(alone) if each} == {"CustomResourceDefinition"}
    listener = one([each for each in yaml.safe_load_all(legacy) if each], "CustomResourceDefinition", "listeners.getambassador.io")
    assert "conversion" not in listener["spec"]


def test_the_manifests_are_what_the_charts_render(cluster, tmp_path):
    subprocess.run([ROOT / "tools/manifests.sh", tmp_path], check=True)
    for name in ("nuncio-crds.yaml", "nuncio.yaml"):
        assert (ROOT / "deploy/manifests" / name).read_text() == (tmp_path / name).read_text(), f"{name}: run tools/manifests.sh"
