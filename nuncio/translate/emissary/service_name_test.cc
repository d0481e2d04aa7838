#include "nuncio/translate/emissary/service_name.h"

#include <gtest/gtest.h>

namespace nuncio::translate::emissary {
namespace {

TEST(ServiceName, Parses) {
  struct Case {
    const char* text;
    const char* scheme;
    const char* host;
    std::optional<int64_t> port;
    const char* canonical;
  };
  const Case cases[] = {
      {"quote", "", "quote", {}, "quote"},
      {"Quote.Shop:8080", "", "quote.shop", 8080, "quote.shop:8080"},
      {"https://quote:443", "https", "quote", 443, "https://quote:443"},
      {"HTTP://quote", "HTTP", "quote", {}, "HTTP://quote"},
      {"http://quote:80/path?q#f", "http", "quote", 80, "http://quote:80"},
      {"[::1]:81", "", "::1", 81, "[::1]:81"},
      {"[2001:db8::1]", "", "2001:db8::1", {}, "[2001:db8::1]"},
      {"127.0.0.1:8877", "", "127.0.0.1", 8877, "127.0.0.1:8877"},
      {"a%2eb", "", "a.b", {}, "a.b"},
      {"quote:99999", "", "quote", 99999, "quote:99999"},
  };
  for (const Case& c : cases) {
    const auto got = ParseServiceName(c.text);
    ASSERT_TRUE(got.ok()) << c.text << ": " << got.status();
    EXPECT_EQ(got->scheme, c.scheme) << c.text;
    EXPECT_EQ(got->host, c.host) << c.text;
    EXPECT_EQ(got->port, c.port) << c.text;
    EXPECT_EQ(got->ToString(), c.canonical) << c.text;
  }
}

TEST(ServiceName, RefusesWhatNamesNoService) {
  for (const char* text :
       {"", ":80", "https://", "quote:", "quote:http", "quote:-1", "::1", "[::1", "[::1]x", "a%2", "a%zz"}) {
    EXPECT_FALSE(ParseServiceName(text).ok()) << text;
  }
}

TEST(ServiceName, IsQualifiedByTheNamespaceOnlyWhenItIsOneLabel) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case cases[] = {{"quote", "quote.shop"},
                        {"quote:80", "quote.shop:80"},
                        {"quote.other", "quote.other"},
                        {"localhost:8500", "localhost:8500"},
                        {"10.0.0.1", "10.0.0.1"},
                        {"[::1]:80", "[::1]:80"},
                        {"https://quote", "https://quote.shop"}};
  for (const Case& c : cases) {
    auto service = ParseServiceName(c.text);
    ASSERT_TRUE(service.ok()) << c.text;
    Qualify(*service, "shop");
    EXPECT_EQ(service->ToString(), c.want) << c.text;
  }
}

}  // namespace
}  // namespace nuncio::translate::emissary
