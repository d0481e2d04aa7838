"""The charts: lint, what they render, and whether the real API server takes it."""
import json
import pathlib
import subprocess

import pytest
import yaml

from cluster import Failure, until

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
    "bare-pod": {"barePod": True, "containerNameOverride": "ambassador", "namespace": {"name": "elsewhere"}, "autoscaling": {"enabled": True},
                 # A Pod is taken only where its ServiceAccount is.
                 "serviceAccount": {"create": False}},
    "canary": {"env": {"AMBASSADOR_ID": "one", "A": "b"}, "service": {"type": "NodePort", "ports": [{"name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080}]},
               "canary": {"enabled": True, "replicaCount": 2, "image": {"tag": "next"}, "env": {"AMBASSADOR_ID": "two"},
                          "envRaw": [{"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]}},
    "canary-mixed": {"canary": {"enabled": True, "mixPods": True}},
    "cluster-wide": {"ingressClassResource": {"enabled": True, "name": "edge", "default": True}, "flowSchema": {"create": True, "priorityLevel": "global-default"}},
    "as-text": {"envRaw": "- name: X\n  value: why\n", "service": {"portsRaw": "- name: more\n  port: 90\n  targetPort: 9090\n"},
                "serviceAccount": {"extra": "automountServiceAccountToken: true\n"}, "adminService": {"type": "NodePort", "nodePort": 30877},
                "autoscaling": {"enabled": True, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}}}, "test": {"enabled": True}},
    "listeners": {"listeners": {"http": {"create": True, "spec": {"l7Depth": 1}},
                                "tcp": {"create": True, "spec": {"port": 6379, "protocol": "TCP", "securityModel": "INSECURE", "hostBinding": {"namespace": {"from": "SELF"}}}}},
                  "resolvers": {"endpoint": {"create": True, "name": "ep"}, "consul": {"create": True, "spec": {"address": "consul:8500"}}}},
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
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"name": "x", "image": "x"}]}})
    until("it warns", lambda: "Warning:" in cluster.kubectl("apply", "--dry-run=server", "-n", namespace, "-f", "-", stdin=pod, check=False))
    return namespace


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_the_api_server_takes_what_the_chart_renders(cluster, crds, restricted, values):
    assert "0 chart(s) failed" in helm(cluster, "lint", CHART, values, "--strict")
    rendered = helm(cluster, "template", CHART, values, "--namespace", restricted)
    said = cluster.kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=rendered, check=False)
    taken = [line for line in said.splitlines() if line.endswith("serverside-applied (server dry run)")]
    assert len(taken) == len([each for each in yaml.safe_load_all(rendered) if each]), said
    # Only what a user adds may ask for more than the strictest standard allows.
    warnings = [line for line in said.splitlines() if line.startswith("Warning:")]
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
    assert one(objects, "ConsulResolver", "consul-dc1")["spec"] == {"address": "consul:8500", "datacenter": "dc1"}
    assert {one(objects, "Listener", f"nuncio-{name}")["spec"]["port"] for name in ("http", "https")} == {8080, 8443}

    objects = render(cluster, VALUES["single-namespace"])
    assert not [each for each in objects if each["kind"].startswith("Cluster")]
    assert one(objects, "Listener", "nuncio-http")["spec"]["ambassador_id"] == ["two"]
    env = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "AMBASSADOR_SINGLE_NAMESPACE", "value": "YES"} in env and {"name": "AMBASSADOR_ID", "value": "two"} in env

    deployment = one(render(cluster, VALUES["autoscaling"]), "Deployment")
    assert "replicas" not in deployment["spec"], "it would undo what the autoscaler did"
    assert {each["kind"] for each in render(cluster, VALUES["nothing-extra"])} == {"Deployment", "Service"}


def container_of(workload):
    return (workload["spec"].get("template") or workload)["spec"]["containers"][0]


def variables(workload):
    names = [each["name"] for each in container_of(workload)["env"]]
    assert len(names) == len(set(names)), f"twice: {names}"
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container_of(workload)["env"]}


def test_a_bare_pod_stands_alone(cluster):
    objects = render(cluster, VALUES["bare-pod"])
    pod = one(objects, "Pod")
    assert not [each for each in objects if each["kind"] in ("Deployment", "DaemonSet", "HorizontalPodAutoscaler", "PodDisruptionBudget")]
    assert container_of(pod)["name"] == "ambassador" and variables(pod)["AMBASSADOR_NAMESPACE"] == "elsewhere"
    assert one(objects, "Service")["spec"]["selector"].items() <= pod["metadata"]["labels"].items()


@pytest.mark.parametrize("mixed", [False, True], ids=["apart", "mixed"])
def test_a_canary_gets_requests_only_when_it_is_mixed(cluster, mixed):
    values = VALUES["canary-mixed" if mixed else "canary"]
    objects = render(cluster, values)
    main, canary = one(objects, "Deployment"), one(objects, "Deployment", "nuncio-canary")
    labels, canary_labels = (each["spec"]["template"]["metadata"]["labels"] for each in (main, canary))
    selects = {name: one(objects, "Service", name)["spec"]["selector"] for name in ("nuncio", "nuncio-canary")}

    def selected(selector, by):
        return selector.items() <= by.items()
    assert selected(selects["nuncio"], labels) and selected(selects["nuncio-canary"], canary_labels)
    assert selected(selects["nuncio"], canary_labels) == mixed and not selected(selects["nuncio-canary"], labels)
    # No controller counts another's pods.
    for each in (main, one(objects, "PodDisruptionBudget")):
        assert not selected(each["spec"]["selector"]["matchLabels"], canary_labels)
    assert not selected(canary["spec"]["selector"]["matchLabels"], labels)
    if mixed:
        assert canary["spec"]["replicas"] == 0 and container_of(canary)["image"] == container_of(main)["image"]
        return
    assert canary["spec"]["replicas"] == 2 and container_of(canary)["image"] == "nuncio:next"
    assert variables(canary).items() >= {"AMBASSADOR_ID": "two", "A": "b"}.items() and "X" in variables(canary)
    assert variables(main)["AMBASSADOR_ID"] == "one" and "X" not in variables(main)
    assert "nodePort" not in one(objects, "Service", "nuncio-canary")["spec"]["ports"][0], "the main Service has it"


def test_what_belongs_to_the_whole_cluster_is_asked_for(cluster):
    assert not [each for each in render(cluster, {}) if each["kind"] in ("IngressClass", "FlowSchema")]
    objects = render(cluster, VALUES["cluster-wide"], "--namespace", "edge")
    ingress_class = one(objects, "IngressClass", "edge")
    assert ingress_class["spec"] == {"controller": "getambassador.io/ingress-controller"}
    assert ingress_class["metadata"]["annotations"] == {"ingressclass.kubernetes.io/is-default-class": "true"}
    flow = one(objects, "FlowSchema")["spec"]
    assert flow["priorityLevelConfiguration"] == {"name": "global-default"}
    assert flow["rules"][0]["subjects"] == [{"kind": "ServiceAccount", "serviceAccount": {"name": "nuncio", "namespace": "edge"}}]


def test_the_flow_schema_names_a_level_that_the_cluster_has(cluster):
    # The API server makes both by itself, some time after its start.
    until("flow schemas", lambda: cluster.get("flowschema", "service-accounts"))
    levels = {each["metadata"]["name"] for each in cluster.get("prioritylevelconfigurations")}
    default = one(render(cluster, {"flowSchema": {"create": True}}), "FlowSchema")["spec"]
    assert default["priorityLevelConfiguration"]["name"] in levels
    before_all = [each["spec"]["matchingPrecedence"] for each in cluster.get("flowschemas") if each["metadata"]["name"] == "service-accounts"]
    assert default["matchingPrecedence"] < before_all[0]


def test_lists_may_be_text(cluster):
    objects = render(cluster, VALUES["as-text"])
    deployment = one(objects, "Deployment")
    assert variables(deployment)["X"] == "why"
    assert {"name": "more", "containerPort": 9090, "protocol": "TCP"} in container_of(deployment)["ports"]
    assert {"name": "more", "port": 90, "targetPort": 9090} in one(objects, "Service")["spec"]["ports"]
    assert one(objects, "ServiceAccount")["automountServiceAccountToken"] is True
    assert one(objects, "Service", "nuncio-admin")["spec"]["ports"][0]["nodePort"] == 30877
    assert one(objects, "HorizontalPodAutoscaler")["spec"]["behavior"] == {"scaleDown": {"stabilizationWindowSeconds": 60}}
    test = one(objects, "Pod", "nuncio-test-ready")
    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert not one(objects, "Service")["spec"]["selector"].items() <= test["metadata"]["labels"].items()


def test_listeners_and_resolvers_by_name(cluster):
    objects = render(cluster, VALUES["listeners"])
    assert {each["metadata"]["name"] for each in objects if each["kind"] == "Listener"} == {"nuncio-http", "nuncio-tcp"}
    http = one(objects, "Listener", "nuncio-http")["spec"]
    assert (http["port"], http["l7Depth"], http["hostBinding"]) == (8080, 1, {"namespace": {"from": "ALL"}})
    assert one(objects, "Listener", "nuncio-tcp")["spec"]["port"] == 6379
    assert one(objects, "KubernetesEndpointResolver", "ep") and one(objects, "ConsulResolver", "consul-dc1")
    alone = render(cluster, {**VALUES["listeners"], "scope": {"singleNamespace": True}})
    assert one(alone, "Listener", "nuncio-http")["spec"]["hostBinding"] == {"namespace": {"from": "SELF"}}


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
        return "yes" in said.splitlines()
    # Rights count once the API server has read them, which is a moment after it took them; cluster-wide ones apart from others.
    until("rights in the namespace", lambda: can("update", "leases.coordination.k8s.io", namespace) and can("watch", "secrets", namespace))
    until("rights everywhere", lambda: single or can("watch", "secrets", "default"))
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
    values = {"prometheusExporter": {"enabled": True}, "agent": {"enabled": False}, "waitForApiext": {"enabled": True, "createRoles": True},
              "ambassadorConfig": "", "adminService": {"snapshotPort": 8005}, "env": {"STATSD_ENABLED": True}, "ingressClassResource": {"enabled": True}}
    said = cluster.run("helm", "install", "nuncio", CHART, "--dry-run=server", "--namespace", namespace, "--values", "-", stdin=json.dumps(values))
    ignored = said.partition("These values do nothing in this chart:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.strip().partition(":")[0] for line in ignored] == ["adminService.snapshotPort", "prometheusExporter", "waitForApiext", "env.STATSD_ENABLED"]
    assert "this version sends no statsd" in said and "serves no Ingress" in said
    assert "These values do nothing" not in cluster.run("helm", "install", "nuncio", CHART, "--dry-run=server", "--namespace", namespace)


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
    emissary = helm(cluster, "template", CRDS, {"enableLegacyVersions": True, "apiext": {"repository": "other", "tag": "3", "pullPolicy": "Always"}})
    container = container_of(one([each for each in yaml.safe_load_all(emissary) if each], "Deployment", "nuncio-apiext"))
    assert (container["image"], container["imagePullPolicy"]) == ("other:3", "Always")
    alone = helm(cluster, "template", CRDS, {"enableLegacyVersions": True, "apiext": {"enabled": False}})
    assert {each["kind"] for each in yaml.safe_load_all(alone) if each} == {"CustomResourceDefinition"}
    listener = one([each for each in yaml.safe_load_all(legacy) if each], "CustomResourceDefinition", "listeners.getambassador.io")
    assert "conversion" not in listener["spec"]


def test_the_manifests_are_what_the_charts_render(cluster, tmp_path):
    subprocess.run([ROOT / "tools/manifests.sh", tmp_path], check=True)
    for name in ("nuncio-crds.yaml", "nuncio.yaml"):
        assert (ROOT / "deploy/manifests" / name).read_text() == (tmp_path / name).read_text(), f"{name}: run tools/manifests.sh"
