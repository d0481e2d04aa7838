"""The example's objects in a cluster, but for its backends, which are pods here, and one more Mapping that reaches pods directly."""
from installation import ROOT, Load
from objects import backend, emissary, listing, mapping

MANIFESTS = ROOT / "examples/quickstart/manifests"
# kube-proxy, the kubelet and Envoy have to hear of a backend's end; this is what a well-kept service waits.
LINGER_S = 10


def serve(cluster, edge, image):
    """Returns when every replica of `edge` serves them."""
    backends = [*backend("hello", image, replicas=2, linger_s=LINGER_S), *backend("quote", image, linger_s=LINGER_S)]
    cluster.apply(listing(*backends), "-n", "default")
    for name in ("edge", "routes"):
        cluster.kubectl("apply", "-f", MANIFESTS / f"{name}.yaml")
    cluster.apply(listing(emissary("KubernetesEndpointResolver", "endpoint", {}),
                          mapping("pods", "/pods/", "hello", resolver="endpoint", load_balancer={"policy": "round_robin"})), "-n", "default")
    for name in ("hello", "quote"):
        cluster.kubectl("rollout", "status", f"deployment/{name}", "-n", "default", "--timeout=300s")
    for path, name in (("/hello/", "hello"), ("/quote/", "quote"), ("/pods/", "hello")):
        edge.everywhere(path, name)


def load(edge, **where):
    """Load on all of it. `where`: as Load takes it."""
    return Load(edge, {"/hello/x": ["hello"], "/pods/x": ["hello"], "/quote/x": ["quote"], "/shop/x": ["hello", "quote"]}, **where)
