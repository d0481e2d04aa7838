#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nuncio/base/yaml.h"
#include "nuncio/resource/meta.h"

namespace nuncio::files {

// Finds the line on which a field of an object stands, by reading the object's file again; each file once. Not
// thread-safe. For people who read a report, not for the path from a change to Envoy.
class FieldLocator {
 public:
  // `field` is a path as findings carry it: "spec.hostBinding.namespace.from", "spec.add_request_headers[x-a].value",
  // "spec.rules[2]". A field that is not there is at the nearest part around it that is; an object that is no longer
  // where it was, or a file that cannot be read, is at source.line.
  int LineOf(const resource::Source& source, std::string_view field);

 private:
  const std::vector<YamlDocument>& Documents(const std::string& file);

  std::map<std::string, std::vector<YamlDocument>> files_;
};

// The same for a single field.
int LineOf(const resource::Source& source, std::string_view field);

}  // namespace nuncio::files
