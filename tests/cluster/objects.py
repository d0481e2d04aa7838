"""Kubernetes objects that the tests apply."""
import json


def backend(name, image, *, replicas=1, linger_s=0):
    """A Deployment of backends that call themselves `name`, and its Service on port 80."""
    labels = {"app": name}
    container = {"name": "backend", "image": image, "args": ["8080"], "ports": [{"containerPort": 8080}],
                 "env": [{"name": "NAME", "value": name}, {"name": "LINGER_S", "value": str(linger_s)}],
                 # Patient, so that a machine that is busy does not take its address away.
                 "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1, "timeoutSeconds": 10, "failureThreshold": 30}}
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
         "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                  "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                  "template": {"metadata": {"labels": labels},
                               "spec": {"containers": [container], "terminationGracePeriodSeconds": linger_s + 30}}}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
         "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}}]


def emissary(kind, name, spec):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def mapping(name, prefix, service, **spec):
    return emissary("Mapping", name, {"hostname": "*", "prefix": prefix, "service": service, **spec})


def listing(*objects):
    """One document that kubectl takes."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
