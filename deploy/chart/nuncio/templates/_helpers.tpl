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

{{- /* Values of Emissary's chart that were given and do nothing here. */}}
{{- define "nuncio.ignored" -}}
{{- $ignored := list }}
{{- range list "barePod" "canary" "ingressClassResource" "waitForApiext" "prometheusExporter" "ambassadorConfig" "agent" }}
{{- if hasKey $.Values . }}
{{- $ignored = append $ignored . }}
{{- end }}
{{- end }}
{{- if hasKey .Values.adminService "snapshotPort" }}
{{- $ignored = append $ignored "adminService.snapshotPort" }}
{{- end }}
{{- if hasKey .Values.security "podSecurityPolicy" }}
{{- $ignored = append $ignored "security.podSecurityPolicy" }}
{{- end }}
{{- join ", " $ignored }}
{{- end }}
