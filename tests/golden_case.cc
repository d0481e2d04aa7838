#include "tests/golden_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "nuncio/base/yaml.h"
#include "nuncio/base/yaml_write.h"
#include "nuncio/envoy/render.h"
#include "nuncio/files/directory.h"
#include "nuncio/files/locate.h"
#include "nuncio/ir/dump.h"
#include "tests/temporary_folder.h"

namespace nuncio::golden {
namespace {

namespace fs = std::filesystem;

// The text of each document, split where YAML does: at lines that are "---".
std::vector<std::string> Documents(const std::string& text) {
  std::vector<std::string> documents(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == "---") {
      documents.emplace_back();
    } else {
      documents.back() += line + "\n";
    }
  }
  return documents;
}

bool HoldsOptions(const std::string& document) { return document.find("kind: GoldenOptions\n") != std::string::npos; }

// Empty lines in place of the options, so that every object keeps its line.
std::string WithoutOptions(const std::string& text) {
  const std::string options = Documents(text).front();
  if (!HoldsOptions(options)) return text;
  const auto lines = std::count(options.begin(), options.end(), '\n');
  return std::string(static_cast<size_t>(lines), '\n') + text.substr(options.size());
}

pipeline::GenerationPtr BuildFolder(const fs::path& folder, const translate::Options& options) {
  files::ManifestDirectory directory(folder);
  directory.ReadAll();
  return pipeline::Build(directory.Snapshot(), options, 1);
}

// What names another file of the case names it without the temporary folder.
std::string WithoutFolder(const ir::Finding& finding) {
  std::string message = finding.message;
  const std::string folder = (fs::path(*finding.object.file).parent_path() / "").string();
  for (size_t at = message.find(folder); folder.size() > 1 && at != std::string::npos; at = message.find(folder)) {
    message.erase(at, folder.size());
  }
  return message;
}

void WriteText(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

}  // namespace

std::vector<Case> FindCases() {
  const fs::path root = fs::path(NUNCIO_SOURCE_DIR) / "tests" / "golden";
  std::vector<Case> cases;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() != "in.yaml") continue;
    const fs::path folder = entry.path().parent_path();
    cases.push_back({folder, folder.lexically_relative(root).string()});
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return cases;
}

std::string ReadText(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

translate::Options OptionsOf(const std::string& text) {
  translate::Options options;
  const std::string document = Documents(text).front();
  if (!HoldsOptions(document)) return options;
  const YamlStream stream = ReadYaml(document);
  EXPECT_EQ(stream.documents.size(), 1u) << "GoldenOptions do not parse";
  if (stream.documents.empty()) return options;
  for (const auto& [name, value] : stream.documents[0].value.items()) {
    if (name == "kind" || name == "ordered") {
    } else if (name == "ambassador_id") {
      options.ambassador_id = value.get<std::string>();
    } else if (name == "ambassador_namespace") {
      options.ambassador_namespace = value.get<std::string>();
    } else if (name == "bind_address") {
      options.bind_address = value.get<std::string>();
    } else if (name == "strict_label_selectors") {
      options.strict_label_selectors = value.get<bool>();
    } else if (name == "endpoints_enabled") {
      options.endpoints_enabled = value.get<bool>();
    } else if (name == "cluster_dns") {
      options.cluster_dns = value.get<bool>();
    } else if (name == "now") {
      options.now = value.get<int64_t>();
    } else {
      ADD_FAILURE() << "GoldenOptions have no " << name;
    }
  }
  return options;
}

bool IsOrdered(const std::string& text) {
  const std::string document = Documents(text).front();
  return HoldsOptions(document) && document.find("\nordered: true\n") != std::string::npos;
}

pipeline::GenerationPtr Build(const std::string& text) {
  const TemporaryFolder folder;
  WriteText(folder.path() / "in.yaml", WithoutOptions(text));
  return BuildFolder(folder.path(), OptionsOf(text));
}

pipeline::GenerationPtr BuildShuffled(const std::string& text, uint32_t seed) {
  const TemporaryFolder folder;
  std::vector<std::string> documents = Documents(WithoutOptions(text));
  std::mt19937 random(seed);
  std::shuffle(documents.begin(), documents.end(), random);
  for (size_t i = 0; i < documents.size(); ++i) {
    WriteText(folder.path() / (std::to_string(1000 + i) + ".yaml"), documents[i]);
  }
  return BuildFolder(folder.path(), OptionsOf(text));
}

std::string ModelText(const pipeline::Generation& generation) { return ToYaml(ir::ToJson(*generation.model)); }

std::string EnvoyText(const pipeline::Generation& generation) { return ToYaml(envoy::ToJson(*generation.config)); }

std::string FindingsText(const pipeline::Generation& generation, const std::string& manifests) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "in.yaml").string();
  WriteText(file, WithoutOptions(manifests));
  files::FieldLocator locator;
  Json findings = Json::array();
  for (const ir::Finding& finding : generation.findings) {
    Json entry = ir::ToJson(finding);
    entry.erase("file");
    entry["message"] = WithoutFolder(finding);
    if (finding.object.line > 0) entry["line"] = locator.LineOf({file, finding.object.line}, finding.field);
    findings.push_back(std::move(entry));
  }
  return ToYaml(findings);
}

std::string FindingsWithoutPlaces(const pipeline::Generation& generation) {
  Json findings = ir::ToJson(generation.findings);
  for (Json& entry : findings) {
    entry.erase("file");
    entry.erase("line");
  }
  return ToYaml(findings);
}

}  // namespace nuncio::golden
