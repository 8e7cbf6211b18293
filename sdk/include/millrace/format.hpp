#pragma once
#include "millrace/batch.hpp"
#include "millrace/context.hpp"

namespace millrace {

/// Takes the payloads that a format cannot decode.
class Rejects {
 public:
  explicit Rejects(const mr_rejects& rejects) : rejects_(&rejects) {}
  void reject(int64_t row, std::string_view reason) const {
    rejects_->reject(rejects_->engine, row, str(reason));
  }

 private:
  const mr_rejects* rejects_;
};

/// Turns payload bytes into rows and rows into payload bytes. Made as T(Settings, Context, Schema)
/// with the schema of the rows. One object is used by one thread at a time.
class Format {
 public:
  virtual ~Format() = default;
  /// One row for each value of the binary column; a rejected one, or a null, comes out as nulls.
  /// At least 64 bytes after the last payload may be read.
  virtual Batch decode(const Column& /*payloads*/, const Rejects& /*rejects*/) {
    throw Error::user("this format cannot decode");
  }
  /// A binary column with one payload for each row; hidden columns are left out.
  virtual Column encode(const Batch& /*rows*/) { throw Error::user("this format cannot encode"); }
};

}  // namespace millrace
