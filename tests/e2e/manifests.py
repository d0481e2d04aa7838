"""Kubernetes objects as a test needs them: short to write, whole when read."""
import base64

import yaml


def obj(api, kind, name, spec=None, *, ns="default", labels=None, **rest):
    metadata = {"name": name, "namespace": ns}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **({"spec": spec} if spec is not None else {}), **rest}


def emissary(kind, name, spec, **rest):
    return obj("getambassador.io/v3alpha1", kind, name, spec, **rest)


def listener(port, protocol="HTTP", security="XFP", name=None, **spec):
    return emissary("Listener", name or f"l-{port}", {
        "port": port, "protocol": protocol, "securityModel": security, "hostBinding": {"namespace": {"from": "ALL"}}, **spec})


def host(hostname="*", *, name=None, insecure="Route", secret=None, **spec):
    tls = {"tlsSecret": {"name": secret}} if secret else {}
    name = name or "host-" + hostname.replace("*", "any").replace(".", "-")
    return emissary("Host", name, {"hostname": hostname, "requestPolicy": {"insecure": {"action": insecure}}, **tls, **spec})


def mapping(name, prefix, service, *, hostname="*", ns="default", **spec):
    return emissary("Mapping", name, {"hostname": hostname, "prefix": prefix, "service": service, **spec}, ns=ns)


def tcp_mapping(name, port, service, **spec):
    return emissary("TCPMapping", name, {"port": port, "service": service, **spec})


def tls_context(name, **spec):
    return emissary("TLSContext", name, spec)


def patient_module():
    """Mappings without a timeout of their own wait longer than any machine takes."""
    return emissary("Module", "ambassador", {"config": {"cluster_request_timeout_ms": 60000}})


def service(name, *backend_ports, ns="default", port=80, addresses=None):
    """A Service of one port, with an EndpointSlice that leads to these ports on loopback."""
    return [
        obj("v1", "Service", name, {"clusterIP": "None", "ports": [{"name": "main", "port": port, "targetPort": "main", "protocol": "TCP"}]}, ns=ns),
        *[obj("discovery.k8s.io/v1", "EndpointSlice", f"{name}-{number}", ns=ns, labels={"kubernetes.io/service-name": name},
              addressType="IPv4", ports=[{"name": "main", "port": backend_port, "protocol": "TCP"}],
              endpoints=[{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}])
          for number, backend_port in enumerate(backend_ports)],
    ]


def secret(name, pair=None, *, ns="default", **data):
    """A Secret of kubernetes.io/tls from (certificate, key) in PEM; `data` overrides or adds entries (tls_crt=...)."""
    entries = {"tls.crt": pair[0], "tls.key": pair[1]} if pair else {}
    entries.update({key.replace("_", "."): value for key, value in data.items()})
    encoded = {key: base64.b64encode(value).decode() for key, value in entries.items() if value is not None}
    return obj("v1", "Secret", name, ns=ns, type="kubernetes.io/tls" if "tls.key" in encoded else "Opaque", data=encoded)


def flatten(objects):
    for entry in objects:
        if isinstance(entry, (list, tuple)):
            yield from flatten(entry)
        else:
            yield entry


def to_yaml(*objects):
    return yaml.dump_all(list(flatten(objects)), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False)
