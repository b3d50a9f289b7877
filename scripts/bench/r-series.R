# r-series.R FOLDER: called by scripts/bench/r-series, which says what it does.
suppressPackageStartupMessages(library(forecast))

# Per group: R's frequency (m), the horizon, and package:object[:column] of each series. Daily, weekly and unstamped series
# have no season that ets() or auto.arima() could use, so m is 1 there. Values before the first and after the last NA-free
# run are left out.
groups <- list(
  yearly = list(m = 1, h = 6, of = c(
    "datasets:LakeHuron", "datasets:Nile", "datasets:airmiles", "datasets:discoveries", "datasets:lynx", "datasets:nhtemp",
    "datasets:sunspot.year", "datasets:treering", "tseries:camp", "tseries:bev", "tseries:cpi", "tseries:emp",
    "tseries:gnp.capita", "tseries:gnp.def", "tseries:gnp.nom", "tseries:gnp.real", "tseries:int.rate", "tseries:ip",
    "tseries:money.stock", "tseries:nom.wages", "tseries:real.wages", "tseries:stock.prices", "tseries:unemp",
    "tseries:vel", "AER:ChinaIncome:industry", "AER:ChinaIncome:agriculture", "AER:MotorCycles2",
    "AER:USConsump1993:income", "AER:USGasB:gas", "AER:USGasG:gas", "AER:TechChange:output", "boot:wool",
    "lmtest:ChickEgg:chicken", "lmtest:ChickEgg:egg", "lmtest:moneydemand:logM")),
  quarterly = list(m = 4, h = 8, of = c(
    "datasets:JohnsonJohnson", "datasets:UKgas", "datasets:austres", "datasets:freeny.y", "datasets:presidents",
    "forecast:woolyrnq", "tseries:GNP", "tseries:M1", "tseries:rl", "tseries:rs", "AER:ArgentinaCPI",
    "AER:GermanUnemployment:unadjusted", "AER:OrangeCounty:employment", "AER:UKNonDurables", "AER:USMacroG:gdp",
    "AER:USMacroG:unemp", "AER:USMacroSW:cpi", "AER:USMacroSW:gdpjp", "AER:USProdIndex:unadjusted",
    "strucchange:RealInt", "lmtest:valueofstocks:VST", "urca:UKconsumption:cons")),
  monthly = list(m = 12, h = 12, of = c(
    "datasets:AirPassengers", "datasets:UKDriverDeaths", "datasets:USAccDeaths", "datasets:co2", "datasets:fdeaths",
    "datasets:mdeaths", "datasets:nottem", "datasets:sunspots", "datasets:Seatbelts:front", "datasets:Seatbelts:rear",
    "datasets:Seatbelts:kms", "datasets:Seatbelts:PetrolPrice", "datasets:Seatbelts:VanKilled", "forecast:gas",
    "forecast:wineind", "tseries:nino3", "tseries:nino3.4", "tseries:tcm1y", "tseries:tcm10y", "AER:BondYield",
    "AER:DutchSales", "AER:FrozenJuice:price", "AER:PepperPrice:black", "AER:USMacroSWM:production",
    "AER:USMacroSWM:oil", "AER:USStocksSW:dividend", "boot:manaus", "strucchange:durab:y",
    "strucchange:USIncExp:expenditure", "lmtest:lhur:y", "lmtest:jocci:y")),
  daily = list(m = 1, h = 14, of = c(
    "datasets:EuStockMarkets:DAX", "datasets:EuStockMarkets:SMI", "datasets:EuStockMarkets:FTSE", "datasets:BJsales",
    "datasets:BJsales.lead", "datasets:WWWusage", "datasets:lh", "forecast:gold", "tseries:flow.vat", "tseries:flow.jok",
    "tseries:prec", "tseries:temp", "tseries:tcm1yd", "tseries:tcm10yd", "AER:DJFranses", "AER:MarkDollar",
    "AER:MarkPound", "AER:DutchAdvert:tv", "boot:beaver:temp")),
  "half-hourly" = list(m = 48, h = 48, of = "forecast:taylor"))

most_origins <- 5
methods <- list(
  naive = function(y, h) naive(y, h = h)$mean,
  "seasonal-naive" = function(y, h) snaive(y, h = h)$mean,
  drift = function(y, h) rwf(y, h = h, drift = TRUE)$mean,
  theta = function(y, h) thetaf(y, h = h)$mean,
  ets = function(y, h) forecast(ets(y), h = h)$mean,
  # hours for each origin of a long season
  arima = function(y, h) if (frequency(y) > 24) rep(NA_real_, h) else forecast(auto.arima(y), h = h)$mean)

load_series <- function(spec, m) {
  part <- strsplit(spec, ":")[[1]]
  box <- new.env()
  files <- data(package = part[1])$results[, "Item"]
  item <- files[sub(" .*", "", files) == part[2]][1] # "object" or "object (file)"
  if (!is.na(item)) data(list = sub(".*\\((.*)\\)", "\\1", item), package = part[1], envir = box)
  x <- if (exists(part[2], box, inherits = FALSE)) get(part[2], box) else getExportedValue(part[1], part[2])
  if (length(part) > 2) x <- x[, part[3]]
  x <- na.contiguous(ts(as.numeric(x)))
  if (m == 1) ts(as.numeric(x)) else ts(as.numeric(x), start = c(2000, 1), frequency = m)
}

origins_of <- function(n, m, h) {
  origin <- n - h * seq_len(most_origins)
  sort(origin[origin >= max(3 * m, 20)])
}

mase <- function(y, truth, forecast) {
  m <- frequency(y)
  mean(abs(truth - forecast)) / mean(abs(diff(as.numeric(y), lag = m)))
}

folder <- commandArgs(TRUE)[1]
cores <- as.integer(commandArgs(TRUE)[2])
work <- list()
for (group in names(groups)) {
  for (spec in groups[[group]]$of) work[[length(work) + 1]] <- c(groups[[group]][c("m", "h")], group = group, spec = spec)
}

one <- function(w) {
  y <- load_series(w$spec, w$m)
  id <- gsub(":", ".", sub("^[^:]*:", "", w$spec))
  origins <- origins_of(length(y), w$m, w$h)
  if (!length(origins)) return(NULL)
  rows <- list()
  for (origin in origins) {
    known <- if (w$m == 1) ts(y[1:origin]) else ts(y[1:origin], start = c(2000, 1), frequency = w$m)
    truth <- as.numeric(y)[origin + seq_len(w$h)]
    for (name in names(methods)) {
      begin <- proc.time()[["elapsed"]]
      f <- tryCatch(suppressWarnings(as.numeric(methods[[name]](known, w$h))), error = function(e) rep(NA_real_, w$h))
      rows[[length(rows) + 1]] <- data.frame(unique_id = id, origin = origin, method = name,
        mase = mase(known, truth, f), seconds = proc.time()[["elapsed"]] - begin,
        forecast = paste(formatC(f, digits = 12, format = "g", width = 1), collapse = " "))
    }
  }
  message(id)
  list(series = data.frame(unique_id = id, ds = seq_along(y), y = formatC(as.numeric(y), digits = 15, format = "g", width = 1)),
    meta = data.frame(unique_id = id, group = w$group, m = w$m, horizon = w$h, n = length(y), origins = length(origins),
      source = w$spec),
    rows = do.call(rbind, rows))
}

done <- parallel::mclapply(work, one, mc.cores = cores, mc.preschedule = FALSE)
bad <- vapply(done, inherits, TRUE, "try-error")
if (any(bad)) stop("series that could not be done: ", paste(vapply(work[bad], function(w) w$spec, ""), collapse = ", "))
write <- function(what, file) {
  write.csv(do.call(rbind, lapply(done, `[[`, what)), file.path(folder, file), row.names = FALSE, quote = FALSE)
}
write("series", "series.csv")
write("meta", "meta.csv")
write("rows", "r.csv")
cat(R.version.string, ", forecast ", as.character(packageVersion("forecast")), "\n", sep = "", file = file.path(folder, "versions.txt"))
