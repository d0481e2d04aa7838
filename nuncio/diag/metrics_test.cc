#include "nuncio/diag/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nuncio::diag {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

pipeline::Generation Numbered(uint64_t number) {
  pipeline::Generation generation;
  generation.number = number;
  auto config = std::make_shared<envoy::Config>();
  auto cluster = std::make_shared<envoy::Resource>();
  cluster->name = "quote";
  config->resources[static_cast<size_t>(envoy::ResourceType::kCluster)] = {cluster};
  generation.config = config;
  generation.build_time = milliseconds(3);
  generation.findings = {{ir::Severity::kError, "schema", {}, "", "one"},
                         {ir::Severity::kWarning, "host-unused", {}, "", "two"},
                         {ir::Severity::kWarning, "host-unused", {}, "", "three"}};
  return generation;
}

TEST(MetricsTest, AGenerationIsMeasuredFromItsChangeToTheAnswer) {
  Metrics metrics;
  const Metrics::Time start{};
  metrics.OnGeneration(Numbered(1), start);
  metrics.OnGeneration(Numbered(2), start + milliseconds(10));
  xds::Progress progress;
  progress.latest = 2;
  progress.sent = 2;
  progress.acknowledged = 1;
  metrics.OnProgress(progress, start + milliseconds(14));
  metrics.OnProgress(progress, start + milliseconds(900));  // the same again: nothing is observed twice
  const std::string text = metrics.Text(progress);
  EXPECT_THAT(text, HasSubstr("nuncio_generations_total 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_generation{stage=\"latest\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_generation{stage=\"acknowledged\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_build_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_build_seconds_bucket{le=\"0.005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_change_to_sent_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_change_to_sent_seconds_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_change_to_acknowledged_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_change_to_acknowledged_seconds_bucket{le=\"0.01\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_change_to_acknowledged_seconds_bucket{le=\"0.025\"} 1\n"));
}

TEST(MetricsTest, CountsResourcesAndFindingsWithRefusals) {
  Metrics metrics;
  metrics.OnGeneration(Numbered(1), {});
  xds::Progress progress;
  xds::Refusal refusal;
  refusal.origins = {{"Mapping", "default", "a", "", 0}, {"Mapping", "default", "b", "", 0}};
  progress.refusals = {refusal};
  std::string text = metrics.Text(progress);
  EXPECT_THAT(text, HasSubstr("nuncio_resources{type=\"cluster\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_resources{type=\"listener\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_refused_resources 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_findings{severity=\"error\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_findings{severity=\"warning\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_findings{severity=\"notice\"} 0\n"));

  progress.refusals.clear();
  text = metrics.Text(progress);
  EXPECT_THAT(text, HasSubstr("nuncio_findings{severity=\"error\"} 1\n"));
}

TEST(MetricsTest, TotalsOfTheProtocolAreTakenOver) {
  Metrics metrics;
  xds::Progress progress;
  progress.responses = 7;
  progress.nacks = 1;
  progress.bytes_sent = 4096;
  (void)metrics.Text(progress);
  progress.responses = 9;
  const std::string text = metrics.Text(progress);
  EXPECT_THAT(text, HasSubstr("nuncio_xds_responses_total 9\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_xds_nacks_total 1\n"));
  EXPECT_THAT(text, HasSubstr("nuncio_xds_bytes_sent_total 4096\n"));
}

TEST(MetricsTest, TheProcessIsDescribed) {
  Metrics metrics;
  const std::string text = metrics.Text({});
  EXPECT_THAT(text, HasSubstr("nuncio_info{version=\"0.1.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
  EXPECT_THAT(text, HasSubstr("process_start_time_seconds "));
}

}  // namespace
}  // namespace nuncio::diag
