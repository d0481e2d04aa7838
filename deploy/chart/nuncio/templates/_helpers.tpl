{{- define "nuncio.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "nuncio.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "nuncio.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "nuncio.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "nuncio.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "nuncio.serviceAccount" -}}
{{- default (ternary (include "nuncio.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "nuncio.rbacName" -}}
{{- default (include "nuncio.fullname" .) .Values.rbac.nameOverride }}
{{- end }}

{{- define "nuncio.selector" -}}
app.kubernetes.io/name: {{ include "nuncio.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "nuncio.labels" -}}
{{ include "nuncio.selector" . }}
app.kubernetes.io/part-of: {{ include "nuncio.name" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* What the objects of getambassador.io that the chart makes belong to. */}}
{{- define "nuncio.ambassadorId" -}}
{{- with .Values.env.AMBASSADOR_ID }}
ambassador_id: [{{ . | quote }}]
{{- end }}
{{- end }}

{{- /* Values of Emissary's chart that were given and do nothing here, a line for each. */}}
{{- define "nuncio.ignored" -}}
{{- $reasons := dict
  "agent" "it reports to a service that is not part of nuncio"
  "ambassadorConfig" "configuration comes from objects of the cluster, not from files in a pod"
  "crds" "install the chart nuncio-crds"
  "deploymentTool" "nothing reads the label that it would set"
  "docker" "name the Secret in imagePullSecrets"
  "prometheusExporter" "this version sends no statsd (STATSD_ENABLED); /metrics of the admin Service and metrics.serviceMonitor are there"
  "securityContext" "set security.podSecurityContext"
  "waitForApiext" "nuncio converts old versions itself and needs no webhook to start"
  "adminService.snapshotPort" "there is no snapshot server"
  "rbac.podSecurityPolicies" "Kubernetes has none since 1.25"
  "security.podSecurityPolicy" "Kubernetes has none since 1.25" }}
{{- range $name, $reason := $reasons }}
{{- $value := $.Values }}
{{- range splitList "." $name }}
{{- $value = get ($value | default dict) . }}
{{- end }}
{{- /* What is switched off is not missed. */}}
{{- if and $value (not (and (kindIs "map" $value) (hasKey $value "enabled") (not $value.enabled))) }}
{{ $name }}: {{ $reason }}
{{- end }}
{{- end }}
{{- range $name := list "STATSD_ENABLED" "DOGSTATSD" "AMBASSADOR_APIEXT_WAIT" }}
{{- if hasKey $.Values.env $name }}
env.{{ $name }}: this version does not read it
{{- end }}
{{- end }}
{{- end }}
