#include "nuncio/translate/emissary/cluster_name.h"

#include <gtest/gtest.h>

namespace nuncio::translate::emissary {
namespace {

TEST(ClusterName, JoinsPartsAndReplacesOtherCharacters) {
  EXPECT_EQ(ClusterName({"cluster", "", "https://quote.shop:443", "otls", "default"}),
            "cluster_https___quote_shop_443_otls_default");
  EXPECT_EQ(ClusterName({"cluster", "127.0.0.1:8877", "default"}), "cluster_127_0_0_1_8877_default");
}

TEST(ClusterName, KeepsSixtyCharactersAndCompressesMore) {
  const std::string sixty(60, 'a'), more(61, 'a');
  EXPECT_EQ(ClusterName({sixty}), sixty);
  // The digest is that of sha1sum.
  EXPECT_EQ(ClusterName({more}), std::string(40, 'a') + "-AEAB141DB28AF335-0");
}

TEST(ClusterName, Sha1IsTheOneOfTheStandard) { EXPECT_EQ(Sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

}  // namespace
}  // namespace nuncio::translate::emissary
