#pragma once

#include <compare>
#include <string>
#include <utility>
#include <vector>

namespace nuncio {

// What is wrong with one document, each entry at the field where it was found. Reading goes on after an entry, so that
// a user sees all of them at once. Not thread-safe; one per document.
class FieldErrors {
 public:
  enum class Weight {
    kError,    // the object cannot be used
    kWarning,  // the field is ignored, the object is used without it
  };
  struct Entry {
    Weight weight = Weight::kError;
    std::string path;  // "spec.rules[2].host"
    std::string message;
    auto operator<=>(const Entry&) const = default;
  };

  // Names the field that is being read for as long as it lives: FieldErrors::Scope scope(errors, ".host").
  class Scope {
   public:
    Scope(FieldErrors& errors, const std::string& segment) : errors_(errors), length_(errors.path_.size()) {
      errors_.path_ += segment;
    }
    ~Scope() { errors_.path_.resize(length_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FieldErrors& errors_;
    size_t length_;
  };

  void AddError(std::string message) { Add(Weight::kError, std::move(message)); }
  void AddWarning(std::string message) { Add(Weight::kWarning, std::move(message)); }

  // True while nothing makes the object unusable.
  bool ok() const {
    for (const Entry& entry : entries_) {
      if (entry.weight == Weight::kError) return false;
    }
    return true;
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  void Add(Weight weight, std::string message) {
    // A path starts with "." when the first segment is a field of the root.
    entries_.push_back({weight, path_.starts_with('.') ? path_.substr(1) : path_, std::move(message)});
  }

  std::string path_;
  std::vector<Entry> entries_;
};

}  // namespace nuncio
