{{- /* A pod's metadata and spec. Takes root, labels (YAML), image, and envRaw: a list that adds to the value of this
      name, and takes precedence over env. */}}
{{- define "nuncio.pod" -}}
metadata:
  labels:
    {{- .labels | nindent 4 }}
    {{- /* What the Service selects by when it mixes them with those of the canary. */}}
    app.kubernetes.io/part-of: {{ include "nuncio.name" .root }}
    {{- with .root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "nuncio.serviceAccount" .root }}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.security.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .root.Values.terminationGracePeriodSeconds }}
  restartPolicy: {{ .root.Values.restartPolicy }}
  {{- with .root.Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .root.Values.containerNameOverride | default "nuncio" }}
      image: {{ .image | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args:
        - run
        {{- with .root.Values.args }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        {{- range include "nuncio.ports" .root | fromYamlArray }}
        {{- /* A port that is named by its target is another container's, or is named elsewhere. */}}
        {{- if or (not .targetPort) (kindIs "float64" .targetPort) (kindIs "int64" .targetPort) (kindIs "int" .targetPort) }}
        - name: {{ .name }}
          containerPort: {{ .targetPort | default .port }}
          protocol: {{ .protocol | default "TCP" }}
          {{- with .hostPort }}
          hostPort: {{ . }}
          {{- end }}
        {{- end }}
        {{- end }}
        - name: admin
          containerPort: {{ include "nuncio.adminPort" .root }}
      env:
        {{- $own := list }}
        {{- range .envRaw }}
        {{- $own = append $own .name }}
        {{- end }}
        {{- with .root.Values.namespace.name }}
        - name: AMBASSADOR_NAMESPACE
          value: {{ . | quote }}
        {{- end }}
        {{- range $name, $path := dict "AMBASSADOR_NAMESPACE" "metadata.namespace" "POD_NAME" "metadata.name" "POD_UID" "metadata.uid" "HOST_IP" "status.hostIP" }}
        {{- if not (or (hasKey $.root.Values.env $name) (and $.root.Values.namespace.name (eq $name "AMBASSADOR_NAMESPACE"))) }}
        - name: {{ $name }}
          valueFrom:
            fieldRef:
              fieldPath: {{ $path }}
        {{- end }}
        {{- end }}
        {{- if and .root.Values.scope.singleNamespace (not (hasKey .root.Values.env "AMBASSADOR_SINGLE_NAMESPACE")) }}
        - name: AMBASSADOR_SINGLE_NAMESPACE
          value: "YES"
        {{- end }}
        {{- range $name, $value := .root.Values.env }}
        {{- if not (has $name $own) }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- end }}
        {{- range list .root.Values.envRaw .envRaw }}
        {{- with include "nuncio.yaml" . }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- end }}
      startupProbe:
        httpGet:
          path: /ambassador/v0/check_alive
          port: admin
        {{- toYaml .root.Values.startupProbe | nindent 8 }}
      livenessProbe:
        httpGet:
          path: /ambassador/v0/check_alive
          port: admin
        {{- toYaml .root.Values.livenessProbe | nindent 8 }}
      readinessProbe:
        httpGet:
          path: /ambassador/v0/check_ready
          port: admin
        {{- toYaml .root.Values.readinessProbe | nindent 8 }}
      {{- with .root.Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.security.containerSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: pod-info
          mountPath: /tmp/ambassador-pod-info
          readOnly: true
        {{- with .root.Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .root.Values.sidecarContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: pod-info
      downwardAPI:
        items:
          - path: labels
            fieldRef:
              fieldPath: metadata.labels
    {{- with .root.Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if .root.Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with .root.Values.dnsPolicy | default (ternary "ClusterFirstWithHostNet" "" .root.Values.hostNetwork) }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .root.Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "nuncio.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "nuncio.adminPort" -}}
{{- .Values.env.AMBASSADOR_HEALTHCHECK_BIND_PORT | default 8877 }}
{{- end }}

{{- /* Emissary's chart takes some lists as text. */}}
{{- define "nuncio.yaml" -}}
{{- if kindIs "string" . }}
{{- . | trim }}
{{- else if . }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- define "nuncio.ports" -}}
{{- $raw := .Values.service.portsRaw }}
{{- concat .Values.service.ports (ternary ($raw | toString | fromYamlArray) ($raw | default list) (kindIs "string" $raw)) | toYaml }}
{{- end }}
