#include "nuncio/envoy/rules.h"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/compression/gzip/compressor/v3/gzip.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "nuncio/envoy/serialize.h"
#include "validate/validate.pb.h"

namespace nuncio::envoy {
namespace {

pb::RouteConfiguration Good() {
  pb::RouteConfiguration config;
  config.set_name("r");
  auto* host = config.add_virtual_hosts();
  host->set_name("h");
  host->add_domains("*");
  auto* route = host->add_routes();
  route->mutable_match()->set_prefix("/");
  route->mutable_route()->set_cluster("c");
  return config;
}

TEST(FirstViolation, Table) {
  using Edit = std::function<void(pb::VirtualHost*, pb::Route*)>;
  const struct {
    const char* name;
    Edit edit;
    const char* field;  // empty: none is wrong
    const char* problem;
  } cases[] = {
      {"good", [](auto*, auto*) {}, "", ""},
      {"min_len", [](auto* host, auto*) { host->clear_name(); }, "virtual_hosts[0].name", "must not be empty"},
      {"min_items", [](auto* host, auto*) { host->clear_domains(); }, "virtual_hosts[0].domains",
       "must have at least 1 entry"},
      {"required message", [](auto*, auto* route) { route->clear_match(); }, "virtual_hosts[0].routes[0].match",
       "must be set"},
      {"required choice", [](auto*, auto* route) { route->clear_route(); }, "virtual_hosts[0].routes[0].action",
       "must be set"},
      {"header value", [](auto*, auto* route) { route->mutable_route()->set_prefix_rewrite("/a\r\nx: y"); },
       "virtual_hosts[0].routes[0].route.prefix_rewrite", "must not hold a line break or a NUL"},
      {"repeated items", [](auto*, auto* route) { route->add_request_headers_to_remove(""); },
       "virtual_hosts[0].routes[0].request_headers_to_remove[0]", "must not be empty"},
      {"number", [](auto*, auto* route) { route->mutable_direct_response()->set_status(199); },
       "virtual_hosts[0].routes[0].direct_response.status", "must be at least 200"},
      {"enum",
       [](auto*, auto* route) {
         route->mutable_redirect()->set_response_code(
             static_cast<::envoy::config::route::v3::RedirectAction::RedirectResponseCode>(418));
       },
       "virtual_hosts[0].routes[0].redirect.response_code", "is not one of the values that Envoy knows"},
      {"pattern", [](auto*, auto* route) { route->mutable_match()->set_path_separated_prefix("/a/"); },
       "virtual_hosts[0].routes[0].match.path_separated_prefix", "must match ^[^?#]+[^?#/]$"},
      {"duration",
       [](auto*, auto* route) {
         route->mutable_route()->mutable_retry_policy()->mutable_retry_back_off()->mutable_base_interval();
       },
       "virtual_hosts[0].routes[0].route.retry_policy.retry_back_off.base_interval", "must be above 0s"},
      {"not UTF-8, no rule", [](auto*, auto* route) { route->mutable_route()->set_path_rewrite("\xff"); },
       "virtual_hosts[0].routes[0].route.path_rewrite", "must be UTF-8"},
  };
  for (const auto& c : cases) {
    pb::RouteConfiguration config = Good();
    c.edit(config.mutable_virtual_hosts(0), config.mutable_virtual_hosts(0)->mutable_routes(0));
    const auto violation = FirstViolation(config);
    EXPECT_EQ(violation ? violation->field : "", c.field) << c.name;
    EXPECT_EQ(violation ? violation->problem : "", c.problem) << c.name;
  }
}

TEST(FirstViolation, WrapperAndAny) {
  pb::Cluster cluster;
  cluster.set_name("c");
  cluster.mutable_connect_timeout()->set_seconds(1);
  ASSERT_EQ(FirstViolation(cluster), std::nullopt);
  ::envoy::extensions::compression::gzip::compressor::v3::Gzip gzip;
  gzip.mutable_memory_level()->set_value(10);
  Pack(gzip, &(*cluster.mutable_typed_extension_protocol_options())["x"]);
  const auto violation = FirstViolation(cluster);
  ASSERT_TRUE(violation.has_value());
  EXPECT_EQ(violation->field, "typed_extension_protocol_options[0].value.memory_level");
  EXPECT_EQ(violation->problem, "must be at most 9");
}

TEST(FirstViolation, UnknownAny) {
  pb::Cluster cluster;
  cluster.set_name("c");
  cluster.mutable_transport_socket()->set_name("s");
  cluster.mutable_transport_socket()->mutable_typed_config()->set_type_url("type.googleapis.com/no.such.Type");
  EXPECT_EQ(FirstViolation(cluster)->field, "transport_socket.typed_config");
}

// Every rule that the API uses must be one that the validator applies: a new version of Envoy may bring more.
class RuleKinds {
 public:
  void Collect(const google::protobuf::Descriptor* type) {
    if (!seen_.insert(type).second) return;
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      if (field->options().HasExtension(validate::rules)) Names("", field->options().GetExtension(validate::rules));
      if (field->message_type() != nullptr) Collect(field->message_type());
    }
  }
  const std::set<std::string>& names() const { return names_; }

 private:
  void Names(const std::string& prefix, const google::protobuf::Message& rules) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    rules.GetReflection()->ListFields(rules, &fields);
    for (const auto* field : fields) {
      const bool nested = field->message_type() != nullptr && field->message_type()->file()->package() == "validate" &&
                          !field->is_repeated();
      if (nested) {
        Names(prefix + field->name() + ".", rules.GetReflection()->GetMessage(rules, field));
      } else {
        names_.insert(prefix + field->name());
      }
    }
  }
  std::set<const google::protobuf::Descriptor*> seen_;
  std::set<std::string> names_;
};

TEST(FirstViolation, KnowsEveryKindOfRule) {
  RuleKinds kinds;
  kinds.Collect(pb::Bootstrap::descriptor());  // holds clusters, listeners and secrets
  kinds.Collect(pb::RouteConfiguration::descriptor());
  kinds.Collect(pb::HttpConnectionManager::descriptor());
  const std::set<std::string> applied = {"any.required",
                                         "bool.const",
                                         "bytes.max_len",
                                         "bytes.min_len",
                                         "double.gt",
                                         "double.gte",
                                         "double.lte",
                                         "duration.gt",
                                         "duration.gte",
                                         "duration.lt",
                                         "duration.lte",
                                         "duration.required",
                                         "enum.defined_only",
                                         "enum.not_in",
                                         "int64.gt",
                                         "map.keys.string.min_len",
                                         "map.min_pairs",
                                         "message.required",
                                         "message.skip",
                                         "repeated.items.double.gt",
                                         "repeated.items.enum.defined_only",
                                         "repeated.items.string.in",
                                         "repeated.items.string.max_bytes",
                                         "repeated.items.string.min_len",
                                         "repeated.items.string.strict",
                                         "repeated.items.string.well_known_regex",
                                         "repeated.items.uint32.gte",
                                         "repeated.items.uint32.lt",
                                         "repeated.items.uint32.lte",
                                         "repeated.max_items",
                                         "repeated.min_items",
                                         "repeated.unique",
                                         "string.ignore_empty",
                                         "string.in",
                                         "string.max_bytes",
                                         "string.min_len",
                                         "string.pattern",
                                         "string.prefix",
                                         "string.strict",
                                         "string.suffix",
                                         "string.well_known_regex",
                                         "uint32.gt",
                                         "uint32.gte",
                                         "uint32.ignore_empty",
                                         "uint32.lt",
                                         "uint32.lte",
                                         "uint64.gt",
                                         "uint64.gte",
                                         "uint64.lt",
                                         "uint64.lte"};
  EXPECT_GT(kinds.names().size(), 20u);
  for (const std::string& name : kinds.names()) EXPECT_TRUE(applied.contains(name)) << name;
}

}  // namespace
}  // namespace nuncio::envoy
