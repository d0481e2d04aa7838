#pragma once

#include <set>
#include <string>

namespace nuncio::xds {

// Every string within a serialized message, at any depth, and within any Any. Tells what a resource refers to: a name
// of a resource, wherever it stands in another one, is taken for a reference. Which of Envoy's fields refer is a long
// list that grows with each filter; a string that is a name by accident only keeps something a while longer. Some of
// the strings are none: without the schema a string cannot be told from a message, so that each is read as both.
std::set<std::string> StringsIn(const std::string& bytes);

}  // namespace nuncio::xds
